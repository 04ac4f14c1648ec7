"""Rooms changed over the API."""

from __future__ import annotations

import asyncio

import pytest

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client

pytestmark = pytest.mark.anyio

ANY = {"if-match": "*"}


async def test_a_change_answers_with_the_room_as_it_is_then(client: Client, console: Console) -> None:
    """With its new ETag, and what became of each setting; the record names who and why."""
    operator = client(Role.OPERATOR)
    before = await operator.get("/api/rooms/drop")
    answer = await operator.patch(
        "/api/rooms/drop",
        json={"rate": 60, "challenge": {"when": "auto"}, "keep": "20m", "reason": "payment is slow"},
        headers={"if-match": before.headers["etag"]},
    )
    told = answer.json()

    assert 200 == answer.status_code
    assert (60, 1200, "auto") == (
        told["rate"],
        told["settings"]["keep"],
        told["settings"]["challenge"]["when"],
    )
    assert {
        "rate": {"before": 120, "after": 60},
        "keep": {"before": 600, "after": 1200},
        "challenge.when": {"before": "off", "after": "auto"},
    } == told["changed"]
    assert before.headers["etag"] != answer.headers["etag"] == told["etag"]
    assert ("token test operator", "payment is slow") == (
        told["last_change"]["who"],
        told["last_change"]["why"],
    )
    assert told["etag"] == (await operator.get("/api/rooms/drop")).headers["etag"]


async def test_fifty_at_once_by_the_same_state_are_one_change(client: Client) -> None:
    """The others are told what there is now, and have changed nothing."""
    operator = client(Role.OPERATOR)
    etag = (await operator.get("/api/rooms/drop")).headers["etag"]

    async def change(rate: int) -> tuple[int, dict[str, object]]:
        answer = await operator.patch("/api/rooms/drop", json={"rate": rate}, headers={"if-match": etag})
        return answer.status_code, answer.json()

    answers = await asyncio.gather(*(change(1000 + each) for each in range(50)))
    won = [told["rate"] for status, told in answers if status == 200]
    lost = [told for status, told in answers if status == 412]
    assert (1, 49) == (len(won), len(lost))
    assert won == [(await operator.get("/api/rooms/drop")).json()["rate"]]
    assert {won[0]} == {told["state"]["rate"] for told in lost}  # type: ignore[index]
    assert "token test operator" in str(lost[0]["detail"])
