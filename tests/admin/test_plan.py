"""The schedule of a room over the API."""

from __future__ import annotations

import time
from typing import Any

import pytest

from admin.audit.log import Filter
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client

pytestmark = pytest.mark.anyio

PLAN = "/api/rooms/drop/plan"
ANY = {"if-match": "*"}


def at(minutes: float) -> str:
    """A moment from now, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S+00:00", time.gmtime(time.time() + 60 * minutes))


def sale(name: str = "spring", opens: float = 60, **more: Any) -> dict[str, Any]:
    """An event in the words of the file."""
    return {"name": name, "opens": at(opens), "prequeue": "30m", "closes": "6h", **more}


async def test_events_are_tried_planned_and_told(client: Client, console: Console) -> None:
    """A trial changes nothing; what is planned then is what was said."""
    operator = client(Role.OPERATOR)
    before = await operator.get(PLAN)
    assert ([], '"none"') == (before.json()["events"], before.headers["etag"])
    body = {"events": [sale(rate="100, 300 after 10m")], "reason": "the spring sale"}
    trial = await operator.put(PLAN, params={"check": True}, json=body)
    assert before.headers["etag"] == (await operator.get(PLAN)).headers["etag"]
    done = await operator.put(PLAN, json=body, headers={"if-match": before.headers["etag"]})

    assert (200, 200) == (trial.status_code, done.status_code), done.text
    happens = trial.json()["happens"]
    assert [("later", "new")] * 4 == [(step["when"], step["tone"]) for step in happens]
    assert [step["text"] for step in happens] == [step["text"] for step in done.json()["steps"]]
    (event,) = done.json()["events"]
    assert ("spring", "30m", "6h", "100, 300 after 10m", "planned", [100, 300]) == (
        event["name"], event["prequeue"], event["closes"], event["rate"], event["phase"],
        [step["rate"] for step in event["rates"]],
    )  # fmt: skip
    assert "spring" == (await operator.get("/api/rooms/drop")).json()["next_change"]["event"]


async def test_a_plan_that_another_has_changed_is_not_overwritten(client: Client) -> None:
    """The refusal has the plan as it is now."""
    operator = client(Role.OPERATOR)
    etag = (await operator.get(PLAN)).headers["etag"]
    first = await operator.put(PLAN, json={"events": [sale("a")]}, headers={"if-match": etag})
    second = await operator.put(PLAN, json={"events": [sale("b")]}, headers={"if-match": etag})
    assert (200, 412) == (first.status_code, second.status_code)
    assert ["a"] == [event["name"] for event in second.json()["state"]["events"]]
    assert first.headers["etag"] == second.headers["etag"] == second.json()["state"]["etag"]
    assert 428 == (await operator.put(PLAN, json={"events": []})).status_code


async def test_an_opening_moves_and_an_event_is_cancelled(client: Client) -> None:
    """Each can be tried first."""
    operator = client(Role.OPERATOR)
    await operator.put(PLAN, json={"events": [sale()]}, headers=ANY)
    before = (await operator.get(PLAN)).json()["events"][0]["opens_at"]
    trial = await operator.post(f"{PLAN}/move", params={"check": True}, json={"event": "spring", "by": "15m"})
    assert before == trial.json()["happens"][1]["was_at"]
    moved = await operator.post(f"{PLAN}/move", json={"event": "spring", "by": "15m"}, headers=ANY)
    assert trial.json()["events"][0]["opens_at"] == moved.json()["events"][0]["opens_at"] > before
    gone = await operator.post(f"{PLAN}/cancel", json={"event": "spring", "reason": "rain"}, headers=ANY)
    assert ([], []) == (gone.json()["events"], gone.json()["steps"])


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"events": [{"name": "Spring", "opens": "tomorrow"}]},
        ["events[0].name: given", "events[0].opens: given"],
    ),
    ({"events": [sale(colour="red")]}, ["events[0].colour: unknown setting"]),
    ({"events": [sale("a"), sale("b", 90)]}, ["'b' begins at", "before 'a' closes at"]),
    ({"events": [sale(), sale(opens=900)]}, ["two events are named 'spring'"]),
    ({"events": "x"}, ["events: must be a list"]),
    ({"events": [], "more": 1}, ["more: not known here"]),
    ({"events": [7]}, ["events[0]: given 7"]),
    ({"events": [], "reason": "x" * 501}, ["reason: allowed is one text"]),
]


async def test_what_is_wrong_is_told_in_the_words_of_the_file(client: Client) -> None:
    """By the trial and by the change alike, and nothing is changed."""
    operator = client(Role.OPERATOR)
    for body, words in WRONG:
        for params in ({"check": True}, {}):
            answer = await operator.put(PLAN, json=body, headers=ANY, params=params)
            assert 422 == answer.status_code, body
            assert all(word in answer.json()["detail"] for word in words), answer.json()["detail"]
    assert [] == (await operator.get(PLAN)).json()["events"]


async def test_what_has_opened_neither_moves_nor_comes_again(client: Client) -> None:
    """Its name is used up."""
    operator = client(Role.OPERATOR)
    opened = await operator.put(PLAN, json={"events": [sale(opens=-5)]}, headers=ANY)
    assert "open" == opened.json()["events"][0]["phase"]
    moved = await operator.post(f"{PLAN}/move", json={"event": "spring", "by": "15m"}, headers=ANY)
    assert (409, "urn:waitroom:event-open") == (moved.status_code, moved.json()["type"])
    again = await operator.put(PLAN, json={"events": [sale(opens=60)]}, headers=ANY)
    assert (409, "urn:waitroom:event-held") == (again.status_code, again.json()["type"])
    wrong = await operator.post(f"{PLAN}/move", json={"event": "autumn", "by": "15m"}, headers=ANY)
    assert (422, "there are spring") == (wrong.status_code, wrong.json()["detail"][-16:])


async def test_the_audit_log_has_changes_and_no_trials(client: Client, console: Console) -> None:
    """With who, why, before and after."""
    operator = client(Role.OPERATOR)
    body = {"events": [sale()], "reason": "the spring sale"}
    await operator.put(PLAN, json=body, params={"check": True})
    await operator.put(PLAN, json=body, headers=ANY)
    entries = await console.audit.page(Filter(action="changePlan"))
    assert [("drop", "the spring sale", "{}")] == [(each.about, each.why, each.before) for each in entries]
    assert "spring" in entries[0].after
