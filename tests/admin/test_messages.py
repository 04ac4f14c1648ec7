"""Messages to those who wait, over the API."""

from __future__ import annotations

import time
from typing import Any

import pytest

from admin.auth.roles import Role
from tests.admin.conftest import Client

pytestmark = pytest.mark.anyio

MESSAGES = "/api/rooms/drop/messages"
ANY = {"if-match": "*"}
HELLO = {"text": "Hello", "language": "en", "translations": {"de": "Hallo", "pt-br": "Olá"}}


def at(minutes: float) -> str:
    """A moment from now, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S+00:00", time.gmtime(time.time() + 60 * minutes))


async def test_a_message_is_told_in_all_its_languages(client: Client) -> None:
    """And the room's state has it too."""
    operator = client(Role.OPERATOR)
    before = await operator.get(MESSAGES)
    assert {"text": "", "language": "", "translations": {}} == before.json()["shown"]
    done = await operator.put(
        MESSAGES, json={"standing": HELLO}, headers={"if-match": before.headers["etag"]}
    )
    assert 200 == done.status_code, done.text
    expected = {**HELLO, "translations": {"de": "Hallo", "pt-BR": "Olá"}}
    assert (expected, expected) == (done.json()["standing"], done.json()["shown"])
    assert "Hello" == (await operator.get("/api/rooms/drop")).json()["message"]
    assert done.headers["etag"] == (await operator.get(MESSAGES)).headers["etag"] == done.json()["etag"]


async def test_messages_have_their_times(client: Client) -> None:
    """What is shown now, what will be, and what is past."""
    operator = client(Role.OPERATOR)
    body: dict[str, Any] = {
        "standing": HELLO,
        "scheduled": [
            {"text": "later", "begins": at(30), "ends": "10m"},
            {"text": "now", "begins": at(-5), "ends": "10m"},
            {"text": "past", "begins": at(-50), "ends": "10m"},
        ],
    }
    trial = (await operator.put(MESSAGES, json=body, params={"check": True})).json()
    assert ("now", 1) == (trial["shown"]["text"], trial["past"])
    assert "" == (await operator.get(MESSAGES)).json()["shown"]["text"]
    done = (await operator.put(MESSAGES, json=body, headers=ANY)).json()
    assert ("now", "Hello") == (done["shown"]["text"], done["standing"]["text"])
    assert [("now", True), ("later", False)] == [
        (each["text"], each["is_shown"]) for each in done["scheduled"]
    ]
    assert trial["scheduled"] == done["scheduled"]


async def test_two_operators_never_overwrite_each_other(client: Client) -> None:
    """A plain change of the setting counts too."""
    operator = client(Role.OPERATOR)
    etag = (await operator.get(MESSAGES)).headers["etag"]
    await operator.patch("/api/rooms/drop", json={"message": "from the dial"}, headers=ANY)
    late = await operator.put(MESSAGES, json={"standing": HELLO}, headers={"if-match": etag})
    assert (412, "from the dial") == (late.status_code, late.json()["state"]["shown"]["text"])
    assert 428 == (await operator.put(MESSAGES, json={"standing": HELLO})).status_code


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"standing": {"text": "a\nb"}}, "standing.text: given"),
    ({"standing": {"text": "a\u202eb"}}, "U+202E"),
    ({"standing": {"text": "x" * 501}}, "at most 500 characters"),
    ({"standing": {"text": "a", "translations": {"de": "b"}}}, "must name the language of its text"),
    (
        {"standing": {"text": "a", "language": "en", "translations": {"en": "b"}}},
        "language of its text (en)",
    ),
    ({"standing": {"text": "a", "language": "klingon!"}}, "allowed: a language tag"),
    ({"standing": {"text": "", "translations": {"de": "b"}}}, "must have a text"),
    ({"scheduled": [{"text": "a"}]}, "scheduled[0].begins: must be set"),
    ({"scheduled": [{"text": "", "begins": "2030-01-01 10:00"}]}, "must have a text"),
    (
        {"scheduled": [{"text": "a", "begins": "2030-01-01 10:00", "ends": "2030-01-01 09:00"}]},
        "ends before",
    ),
    (
        {"scheduled": [{"text": f"{n}", "begins": "2030-01-01 10:00", "ends": "5m"} for n in range(2)]},
        "begins while that of",
    ),
    ({"scheduled": [{"text": "a", "begins": "2030-01-01 10:00"}] * 51}, "at most 50"),
    ({"message": "a"}, "message: unknown setting"),
]


async def test_what_cannot_be_told_is_refused(client: Client) -> None:
    """By the trial and by the change alike, and nothing is changed."""
    operator = client(Role.OPERATOR)
    for body, words in WRONG:
        for params in ({"check": True}, {}):
            answer = await operator.put(MESSAGES, json=body, headers=ANY, params=params)
            assert 422 == answer.status_code, (body, answer.text)
            assert words in answer.json()["detail"]
    assert "" == (await operator.get(MESSAGES)).json()["shown"]["text"]


async def test_a_text_is_a_text_whatever_stands_in_it(client: Client) -> None:
    """Also in the record, and as CSV."""
    operator = client(Role.OPERATOR)
    hostile = '=cmd|"/c calc"!A1 <script>alert(1)</script> {{7*7}} -> x'
    await operator.put(MESSAGES, json={"standing": {"text": hostile}}, headers=ANY)
    assert hostile == (await operator.get(MESSAGES)).json()["shown"]["text"]
    table = (await operator.get("/api/rooms/drop", params={"format": "csv"})).text
    assert "'=cmd" in table


async def test_the_audit_log_has_what_shoppers_read_in_each_language(client: Client) -> None:
    """A translation is said by the same hand as the text, and so is what is said at a set time."""
    said = {
        "standing": {"text": "Soon", "language": "en", "translations": {"de": "Bald"}},
        "scheduled": [
            {
                "text": "Sold out",
                "language": "en",
                "translations": {"de": "Aus"},
                "begins": "2990-01-01 10:00",
            }
        ],
    }
    answer = await client(Role.OPERATOR).put(MESSAGES, json=said, headers=ANY)
    assert 200 == answer.status_code
    (entry, *_) = (await client(Role.ADMIN).get("/api/audit?action=changeMessages")).json()["entries"]
    assert {
        "message": "Soon",
        "message de": "Bald",
        "scheduled": 1,
        "message from 2990-01-01 10:00": "Sold out",
        "message from 2990-01-01 10:00 de": "Aus",
    } == entry["after"]
