"""Requests with an Idempotency-Key are done once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from admin.auth.roles import Role
from admin.console import Console
from admin.keys import KEPT_SECONDS, UNDER_WAY_SECONDS, Answer, Kept, State
from admin.store import Store
from tests.admin.conftest import Client

pytestmark = pytest.mark.anyio

URL = "/api/rooms/drop"


def fields(key: str, match: str = "*") -> dict[str, str]:
    """Header fields with a key."""
    return {"if-match": match, "idempotency-key": key}


async def test_the_same_request_is_answered_as_before(client: Client) -> None:
    """Word for word, with its ETag, even after others have changed the room; and nothing is done twice."""
    operator = client(Role.OPERATOR)
    first = await operator.patch(URL, json={"rate": 60}, headers=fields("a"))
    await operator.patch(URL, json={"rate": 90}, headers=fields("b"))
    for key in ("a", '"a"'):
        again = await operator.patch(URL, json={"rate": 60}, headers=fields(key))
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert (first.headers["etag"], "true") == (
            again.headers["etag"],
            again.headers["idempotency-replayed"],
        )
    assert "idempotency-replayed" not in first.headers
    assert 90 == (await operator.get(URL)).json()["rate"]


async def test_a_key_is_of_one_request_and_one_actor(client: Client) -> None:
    """Another body, address or precondition is 422; somebody else's key is another."""
    operator, admin = client(Role.OPERATOR), client(Role.ADMIN)
    await operator.patch(URL, json={"rate": 60}, headers=fields("a"))
    for answer in (
        await operator.patch(URL, json={"rate": 61}, headers=fields("a")),
        await operator.patch(URL, json={"rate": 60}, headers=fields("a", '"1"')),
        await operator.patch("/api/rooms/late-sale", json={"rate": 60}, headers=fields("a")),
        await operator.post(f"{URL}/pause", headers=fields("a")),
    ):
        assert (422, "urn:waitroom:key-used") == (answer.status_code, answer.json()["type"])
    assert {} == (await admin.patch(URL, json={"rate": 60}, headers=fields("a"))).json()["changed"]


async def test_a_refusal_is_given_again_too(client: Client) -> None:
    """So that whoever asks again learns what became of the first time."""
    operator = client(Role.OPERATOR)
    first = await operator.patch(URL, json={"rate": 60}, headers=fields("a", '"1"'))
    again = await operator.patch(URL, json={"rate": 60}, headers=fields("a", '"1"'))
    assert (412, first.content) == (again.status_code, again.content)


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "a\tb"])
async def test_a_key_that_is_none_is_refused(client: Client, key: str) -> None:
    """With 400; nothing is done."""
    answer = await client(Role.OPERATOR).post(f"{URL}/pause", headers=fields(key))
    assert 400 == answer.status_code


async def test_twice_at_once_is_done_once(client: Client) -> None:
    """Whoever comes while the first is under way is told so, or given its answer."""
    operator = client(Role.OPERATOR)
    answers = await asyncio.gather(
        *(operator.patch(URL, json={"rate": 60}, headers=fields("a")) for _ in range(20))
    )
    done = [answer for answer in answers if answer.status_code == 200]
    assert 1 == len({answer.content for answer in done})
    assert {200, 409} >= {answer.status_code for answer in answers}
    events = (await operator.get(f"{URL}/events?type=changed")).json()
    assert 1 == len([event for event in events if event["who"] == "token test operator"])


async def test_nobody_is_answered_without_their_role(client: Client, console: Console) -> None:
    """A key lets nobody in, and a refusal for the role is not kept."""
    viewer = client(Role.VIEWER)
    for _ in range(2):
        answer = await viewer.patch(URL, json={"rate": 60}, headers=fields("a"))
        assert (403, False) == (answer.status_code, "idempotency-replayed" in answer.headers)
    assert 401 == (await client().patch(URL, json={"rate": 60}, headers=fields("a"))).status_code


async def test_keys_are_forgotten_in_their_time(tmp_path: Path) -> None:
    """After a day; one whose request never ended, after a minute."""
    now = [1000.0]
    store = Store(tmp_path)
    kept = Kept(store, clock=lambda: now[0])
    assert (State.NEW, None) == await kept.begin("ada", "a", "x")
    assert (State.UNDER_WAY, None) == await kept.begin("ada", "a", "x")
    now[0] += UNDER_WAY_SECONDS + 1
    assert (State.NEW, None) == await kept.begin("ada", "a", "x")
    answer = Answer(200, {"etag": '"1"'}, b"{}")
    await kept.end("ada", "a", answer)
    now[0] += KEPT_SECONDS - 1
    assert (State.ENDED, answer) == await kept.begin("ada", "a", "x")
    assert (State.OTHER, None) == await kept.begin("ada", "a", "y")
    now[0] += 2
    assert (State.NEW, None) == await kept.begin("ada", "a", "y")
    store.close()
