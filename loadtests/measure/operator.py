"""What the operator does during a measurement."""

from __future__ import annotations

from redis.asyncio import Redis

from waitroom.line.store import LineStore


async def change_live(redis_url: str, room: str, **changes: str) -> None:
    """Changes live settings of a room, as the console would."""
    client = Redis.from_url(redis_url)
    await LineStore(client, room).configure(changes, source="live", who="loadtests")
    await client.aclose()
