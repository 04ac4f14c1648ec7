"""What a change would do, before it is made."""

from __future__ import annotations

import pytest

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client

pytestmark = pytest.mark.anyio

PREVIEW = "/api/rooms/drop/preview"


async def test_it_tells_how_the_waits_change_and_changes_nothing(client: Client, console: Console) -> None:
    """Of the first, the median and the last in line, and of a newcomer; a viewer may ask, too."""
    viewer, room = client(Role.VIEWER), console.live.rooms["drop"]
    await room.change({"mode": "queue", "rate": "0.001"}, who="ada")
    await room.general.store.join(119)
    await room.change({"rate": "60"}, who="ada")
    await room.look()
    etag = (await viewer.get("/api/rooms/drop")).headers["etag"]
    told = (await viewer.post(PREVIEW, json={"rate": 120, "reason": "it went well"})).json()
    waiting = told["waiting"]

    assert {"rate": {"before": 60, "after": 120}} == told["changed"]
    assert (60, 120) == (told["before"]["outflow_per_minute"], told["after"]["outflow_per_minute"])
    waits = ("first_seconds", "median_seconds", "last_seconds", "newcomer_seconds")
    assert [1, (waiting + 1) / 2, waiting, waiting + 1] == [told["before"][name] for name in waits]
    assert [0.5, (waiting + 1) / 4, waiting / 2, (waiting + 1) / 2] == [told["after"][name] for name in waits]
    assert waiting / 2 == told["saved_seconds"]
    assert etag == told["etag"] == (await viewer.get("/api/rooms/drop")).headers["etag"]
    paused = (await viewer.post(PREVIEW, json={"mode": "pause"})).json()
    assert (0, None) == (paused["after"]["outflow_per_minute"], paused["after"]["last_seconds"])


async def test_it_is_checked_as_a_change_is(client: Client) -> None:
    """What would be refused is refused here."""
    viewer = client(Role.VIEWER)
    for body in ({"rate": -1}, {"speed": 1}, {}, {"keep": "1s"}):
        assert 422 == (await viewer.post(PREVIEW, json=body)).status_code
