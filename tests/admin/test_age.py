"""How old it is what the console tells of a room."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from admin.api.rooms.streaming import told
from admin.live import OLD_SECONDS, LiveRoom
from tests.contract.harness import eventually
from tests.faults.redis_server import RedisServer
from waitroom.assembly.redis import connect
from waitroom.line.seeds import Seeds
from waitroom.settings import Settings
from waitroom.tasks import end_all

pytestmark = pytest.mark.anyio


async def test_silence_is_told_before_a_command_has_failed(tmp_path: Path, settings: Settings) -> None:
    """Redis takes a command and does not answer: what was seen last is old by its age, and those who watch are told so
    without waiting for an answer."""
    server = RedisServer(tmp_path / "redis")
    server.start()
    client = connect(server.url)
    seen = LiveRoom(settings.rooms[0], client, Seeds(()))
    try:
        await seen.room.start()
        await seen.look_on()
        assert told(seen).state.stale_seconds is None
        server.freeze()
        telling = asyncio.create_task(seen.keep_telling())
        first = seen.looks

        async def is_told() -> bool:
            stale = told(seen).state.stale_seconds
            return seen.looks > first and stale is not None and stale >= OLD_SECONDS

        await eventually(is_told)
        assert seen.room.down_since is None
        seen.stop()
        await end_all([telling])
    finally:
        server.thaw()
        await client.aclose()
        server.kill()
