"""Event streams are bounded: nobody can use the console up."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, ExitStack

import httpx
import pytest

from admin.auth.roles import Role
from admin.open_streams import MOST_EACH, OpenStreams, TooManyStreamsError
from tests.admin.conftest import Served

pytestmark = pytest.mark.anyio

STREAMS = ("/api/rooms/drop/stream", "/live", "/live/drop", "/alerts/live")


def test_one_who_listens_has_so_many_at_the_most() -> None:
    """One that ends makes room; what the others have does not count."""
    streams = OpenStreams(most=5, most_each=2)
    with ExitStack() as stack:
        first = stack.enter_context(ExitStack())
        first.enter_context(streams.one("ada"))
        stack.enter_context(streams.one("ada"))
        with pytest.raises(TooManyStreamsError, match="You have 2 event streams open"), streams.one("ada"):
            pass
        first.close()
        stack.enter_context(streams.one("ada"))
        assert 2 == streams.count
    assert 0 == streams.count


def test_all_together_have_so_many_at_the_most() -> None:
    """Whoever it is."""
    streams = OpenStreams(most=2, most_each=2)
    with streams.one("ada"), streams.one("ben"):
        with pytest.raises(TooManyStreamsError, match="2 event streams are open"), streams.one("eve"):
            pass
        assert "<OpenStreams: 2 of 2>" == repr(streams)
    assert "<OpenStreams: 0 of 0>" == repr(streams)


async def test_one_more_is_refused_until_one_is_closed(served: Served) -> None:
    """With 503 and when to try again; another session has its own."""
    mine, other = served.headers(Role.VIEWER), served.headers(Role.VIEWER)
    async with httpx.AsyncClient(base_url=served.url, timeout=30, limits=httpx.Limits()) as client:
        async with AsyncExitStack() as opened:

            async def opening(path: str, headers: dict[str, str]) -> int:
                answer = await opened.enter_async_context(client.stream("GET", path, headers=headers))
                return answer.status_code

            for at in range(MOST_EACH):
                assert 200 == await opening(STREAMS[at % len(STREAMS)], mine)
            for path in STREAMS:
                refused = await client.get(path, headers=mine)
                assert (503, "5") == (refused.status_code, refused.headers["retry-after"])
                assert "application/problem+json" == refused.headers["content-type"]
                assert "urn:waitroom:too-many-streams" == refused.json()["type"]
            assert 200 == (await client.get("/api/rooms/drop", headers=mine)).status_code
            assert 200 == await opening("/live", other)
        for _ in range(200):
            if not served.console.streams.count:
                break
            await asyncio.sleep(0.1)
        assert 0 == served.console.streams.count
        async with client.stream("GET", "/live", headers=mine) as answer:
            assert 200 == answer.status_code
