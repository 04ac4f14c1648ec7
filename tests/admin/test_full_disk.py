"""The console's file cannot be written: what keeps the shop alive goes on."""

from __future__ import annotations

import logging

import pytest

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client
from tests.admin.people import Browser, make_user, signed_in, token_of

pytestmark = pytest.mark.anyio


def fill(console: Console) -> None:
    """From now on nothing can be written; and all that is known was used so long ago that it is to be noted."""
    for each in ("UPDATE sessions SET seen_at = seen_at - 1000", "UPDATE tokens SET used_at = NULL"):
        console.store.call(lambda db, sql=each: db.execute(sql))  # type: ignore[misc]
    console.store.call(lambda db: db.execute("PRAGMA query_only = ON"))


async def test_whoever_is_signed_in_still_looks_and_brakes(browser: Browser, console: Console) -> None:
    """As the pages ask for it; that it could not be written down is in the process's own log."""
    await make_user(console, "anna", Role.OPERATOR)
    anna = await signed_in(browser(), "anna")
    page = {"x-csrf-token": await token_of(anna, "/rooms/drop")}
    fill(console)
    assert 200 == (await anna.get("/rooms/drop")).status_code
    paused = await anna.post("/api/rooms/drop/pause", json={"reason": "stock"}, headers=page)
    assert (200, "pause") == (paused.status_code, paused.json()["mode"])
    page["if-match"] = paused.headers["etag"]
    lowered = await anna.patch("/api/rooms/drop", json={"rate": 60}, headers=page)
    assert (200, 60) == (lowered.status_code, lowered.json()["rate"])


async def test_a_token_still_brakes(
    client: Client, console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    """What was done and is in no audit log stands in the process's own."""
    operator = client(Role.OPERATOR)
    assert 200 == (await operator.get("/api/rooms/drop")).status_code
    fill(console)
    with caplog.at_level(logging.WARNING):
        assert 200 == (await operator.post("/api/rooms/drop/pause", json={"reason": "stock"})).status_code
    assert '"action": "pauseRoom"' in caplog.text


async def test_what_must_be_done_once_is_not_done_where_that_cannot_be_kept(
    client: Client, console: Console
) -> None:
    """A key that cannot be written down promises nothing: 503, and nothing was done."""
    operator = client(Role.OPERATOR)
    fill(console)
    answer = await operator.post("/api/rooms/drop/pause", headers={"idempotency-key": "a"})
    assert (503, "auto") == (answer.status_code, (await operator.get("/api/rooms/drop")).json()["mode"])
