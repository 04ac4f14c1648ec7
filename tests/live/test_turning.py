"""Rooms turned where others turn them too."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from waitroom.assembly.line import reader_of, store_of
from waitroom.errors import OvertakenError, SettingsError
from waitroom.live.recorded import changes_in
from waitroom.live.turning import Author, Change, Turning, setting, turn
from waitroom.live.undoing import NothingToUndoError, last_set, undo
from waitroom.settings import RoomSettings

pytestmark = pytest.mark.anyio

ADA = Author("ada", "slow")


async def test_a_room_that_no_gateway_has_kept_begins_with_its_file(redis: Redis, room: RoomSettings) -> None:
    """A change is one of what the file says; a wrong one leaves Redis empty."""
    line = store_of(room, redis)
    with pytest.raises(SettingsError):
        await turn(line, room, setting({"rate": -1}), ADA)
    assert 0 == await redis.dbsize()
    turned = await turn(line, room, setting({"rate": 60}), ADA)
    assert (Change("rate", 120.0, 60.0),) == turned.changes
    assert (60.0, "general:1 members:3") == ((await line.rules()).rate, (await line.rules()).weights)


async def test_thirty_at_once_all_have_their_way(redis: Redis, room: RoomSettings) -> None:
    """Each turns another setting, of which several are kept as one: none is lost."""
    wanted = {
        "rate": 1, "capacity": 2, "message": "x", "keep": 700, "entry": 50, "session": 80, "burst": 9,
        "challenge.when": "auto", "challenge.bits": 19, "challenge.most_bits": 22, "sharing.networks": 12,
        "sharing.window": 61, "join_limit.per_network": 50, "join_limit.window": 601, "adaptive.on": True,
        "adaptive.least": 7, "adaptive.errors": 0.02, "adaptive.latency": 1, "weight.members": 2, "weight.general": 4,
    }  # fmt: skip
    line = store_of(room, redis)
    await turn(line, room, setting({"rate": 100}), ADA)
    done = await asyncio.gather(
        *(turn(store_of(room, redis), room, setting({name: value}), ADA) for name, value in wanted.items())
    )
    assert set(wanted) == {change.name for turned in done for change in turned.changes}
    again = await turn(line, room, setting(wanted), ADA)
    assert ((), None) == (again.changes, again.head)


async def test_whoever_has_not_seen_what_is_there_changes_nothing(redis: Redis, room: RoomSettings) -> None:
    """Nor whoever is forbidden to."""
    line = store_of(room, redis)
    await turn(line, room, setting({"rate": 60}), ADA)
    now = (await line.rules()).revision
    with pytest.raises(OvertakenError):
        await turn(line, room, setting({"rate": 70}), ADA, seen={now - 1})

    def forbid(turning: Turning) -> None:
        raise PermissionError([change.name for change in turning.changes])

    with pytest.raises(PermissionError, match="rate"):
        await turn(line, room, setting({"rate": 70}), ADA, allow=forbid)
    assert now == (await line.rules()).revision
    await turn(line, room, setting({"rate": 70}), ADA, seen={now - 1, now})


async def test_undo_takes_back_the_last_turn_of_an_operator(redis: Redis, room: RoomSettings) -> None:
    """The record says what was undone; what somebody set meanwhile is left alone."""
    line, reader = store_of(room, redis), reader_of(room, redis)
    with pytest.raises(NothingToUndoError, match="nothing was set yet"):
        await undo(line, reader, room, ADA)
    await turn(line, room, setting({"rate": 60, "weight.members": 5}), ADA)
    entry = await last_set(reader)
    assert entry is not None
    assert {"rate", "weight.members"} == {change.name for change in changes_in(room, entry)}
    seen = (await line.rules()).revision
    undone = await undo(line, reader, room, Author("bob", "a slip"), seen={seen})
    assert {"rate": 120.0, "weight.members": 3.0} == {
        change.name: change.after for change in undone.turned.changes
    }
    last = await last_set(reader)
    assert last is not None
    assert ("bob", f"a slip (undoes {entry.id})") == (last.fields["who"], last.fields["why"])
    with pytest.raises(OvertakenError):
        await undo(line, reader, room, ADA, seen={seen})
