"""Limits of time: who is too slow is told so, or let go, and holds nothing of the shop's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from tests.transparency.shop import Answer, Call, Premises, said, says
from tests.transparency.site import Site, chunked, request
from tests.transparency.visitor import Visitor

HEADER_SECONDS, KEEP_ALIVE_SECONDS, STALL_SECONDS, REQUEST_SECONDS = 2, 3, 2, 5
"""As the gateway of these tests has them."""
LATE_SECONDS = 5.0
"""How much later than its limit something may end on a busy machine."""


Scenario = Callable[[Site, dict[bytes, Answer]], Awaitable[None]]
"""What one visitor does. It has the shop answer at a target of its own."""


async def _drip(visitor: Visitor, data: bytes, every_seconds: float) -> None:
    try:
        for at in range(len(data)):
            visitor.writer.write(data[at : at + 1])
            await asyncio.sleep(every_seconds)
    except ConnectionError:
        pass


async def _refused(visitor: Visitor, after_seconds: float) -> None:
    """Told 408 not before the limit and not much later, and then closed."""
    begun = time.monotonic()
    answer = await visitor.answer()
    took = time.monotonic() - begun
    assert (408, [b"close"]) == (answer.status, answer.values(b"connection"))
    assert after_seconds - 0.5 < took < after_seconds + LATE_SECONDS
    await visitor.ends()


async def a_head_that_drips(strict: Site, _: dict[bytes, Answer]) -> None:
    """408 at `header_timeout` from its first byte, though bytes come all the time."""
    async with strict.visitor() as visitor:
        drips = asyncio.create_task(_drip(visitor, request(b"GET /", b"X: " + b"p" * 300), 0.05))
        await _refused(visitor, HEADER_SECONDS)
        drips.cancel()


async def a_head_that_stalls(strict: Site, _: dict[bytes, Answer]) -> None:
    """408 at `header_timeout`."""
    async with strict.visitor() as visitor:
        await visitor.say(b"GET / HT")
        await _refused(visitor, HEADER_SECONDS)


async def a_second_head(strict: Site, shop: dict[bytes, Answer]) -> None:
    """Has the same time, counted from its own first byte and not from the connection's."""
    shop[b"/second"] = says(said(b"ok"))
    async with strict.visitor() as visitor:
        for _ in range(3):
            await visitor.say(b"GET /second HTTP/1.1\r\n")
            await asyncio.sleep(0.9)
            await visitor.say(b"Host: shop.example\r\n\r\n")
            assert b"ok" == (await visitor.answer()).body
        await visitor.say(b"GET /second HTTP/1.1\r\n")
        await _refused(visitor, HEADER_SECONDS)


async def an_idle_connection(strict: Site, shop: dict[bytes, Answer]) -> None:
    """Is closed without a word at `keep_alive_timeout` after the last answer, or after connecting."""
    shop[b"/idle"] = says(said(b"ok"))
    async with strict.visitor() as used, strict.visitor() as unused, strict.visitor() as empty:
        await used.say(request(b"GET /idle"))
        await used.answer()
        await empty.say(b"\r\n")
        begun = time.monotonic()
        await asyncio.gather(used.ends(), unused.ends(), empty.ends())
        assert KEEP_ALIVE_SECONDS - 0.5 < time.monotonic() - begun < KEEP_ALIVE_SECONDS + LATE_SECONDS


async def a_body_that_stalls(strict: Site, shop: dict[bytes, Answer], framing: bytes) -> None:
    """408 at `stall_timeout`; the shop's connection ends."""
    gone = asyncio.Event()

    async def answer(call: Call) -> None:
        await call.gone()
        gone.set()

    target = b"/stall/" + framing[:7]
    shop[target] = answer
    async with strict.visitor() as visitor:
        await visitor.say(request(b"PUT " + target, framing) + chunked(b"some")[:-5])
        await _refused(visitor, STALL_SECONDS)
        async with asyncio.timeout(5):
            await gone.wait()


async def a_body_of_a_length_that_stalls(strict: Site, shop: dict[bytes, Answer]) -> None:
    """408 at `stall_timeout`; the shop's connection ends."""
    await a_body_that_stalls(strict, shop, b"Content-Length: 100")


async def a_body_in_chunks_that_stalls(strict: Site, shop: dict[bytes, Answer]) -> None:
    """408 at `stall_timeout`; the shop's connection ends."""
    await a_body_that_stalls(strict, shop, b"Transfer-Encoding: chunked")


async def a_body_that_drips(strict: Site, shop: dict[bytes, Answer]) -> None:
    """408 at `request_timeout`, though bytes come all the time."""
    gone = asyncio.Event()

    async def answer(call: Call) -> None:
        await call.gone()
        gone.set()

    shop[b"/drip"] = answer
    async with strict.visitor() as visitor:
        await visitor.say(request(b"PUT /drip", b"Content-Length: 9000"))
        drips = asyncio.create_task(_drip(visitor, b"b" * 9000, 0.05))
        await _refused(visitor, REQUEST_SECONDS)
        async with asyncio.timeout(5):
            await gone.wait()
        drips.cancel()


async def a_slow_shop(strict: Site, shop: dict[bytes, Answer]) -> None:
    """Taking its time to read a body, and to answer, it costs the visitor nothing."""

    async def answer(call: Call) -> None:
        await asyncio.sleep(STALL_SECONDS + 1.5)
        await call.message()
        await call.say(said(b"late"))

    shop[b"/slow"] = answer
    async with strict.visitor() as visitor:
        await visitor.say(request(b"PUT /slow", body=b"b" * 10_000))
        assert b"late" == (await visitor.answer()).body


async def a_visitor_who_takes_nothing(strict: Site, shop: dict[bytes, Answer]) -> None:
    """Is let go at `stall_timeout`; the shop, stopped until then, sees its connection end."""
    ended = asyncio.Event()
    sent = 0

    async def answer(call: Call) -> None:
        nonlocal sent
        try:
            await call.say(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000000\r\n\r\n")
            while True:
                await call.say(b"z" * 65_536)
                sent += 65_536
        finally:
            ended.set()

    shop[b"/nothing"] = answer
    async with strict.visitor(receive_bytes=65_536) as visitor:
        await visitor.say(request(b"GET /nothing"))
        begun = time.monotonic()
        async with asyncio.timeout(STALL_SECONDS + LATE_SECONDS):
            await ended.wait()
        assert time.monotonic() - begun > STALL_SECONDS - 0.5
        assert sent < 24_000_000


async def a_visitor_who_takes_a_little(strict: Site, shop: dict[bytes, Answer]) -> None:
    """Slow is not stalled: all arrives, though it takes longer than any pause may be."""
    body = b"z" * 60_000_000
    shop[b"/little"] = says(said(body))
    async with strict.visitor(receive_bytes=4096) as visitor:
        await visitor.say(request(b"GET /little"))
        await visitor.until(b"\r\n\r\n")
        got, begun = len(visitor.left), time.monotonic()
        while got < len(body):
            piece = await visitor.reader.read(1 << 20)
            assert piece, f"cut off after {got} bytes"
            got += len(piece)
            if time.monotonic() - begun < STALL_SECONDS + 2.5:
                await asyncio.sleep(0.02)
        assert len(body) == got


SCENARIOS: tuple[Scenario, ...] = (
    a_head_that_drips,
    a_head_that_stalls,
    a_second_head,
    an_idle_connection,
    a_body_of_a_length_that_stalls,
    a_body_in_chunks_that_stalls,
    a_body_that_drips,
    a_slow_shop,
    a_visitor_who_takes_nothing,
    a_visitor_who_takes_a_little,
)


@pytest.fixture(scope="module")
def outcomes(strict: Site, premises: Premises) -> dict[Scenario, BaseException | None]:
    """All of them at once, since each is mostly waiting: what came of it is None, or why it went wrong."""

    async def run() -> dict[Scenario, BaseException | None]:
        shop: dict[bytes, Answer] = {}

        async def answer(call: Call) -> None:
            await shop[call.target](call)

        async with premises.open(answer):
            results = await asyncio.gather(
                *(scenario(strict, shop) for scenario in SCENARIOS), return_exceptions=True
            )
        return dict(zip(SCENARIOS, results, strict=True))

    return asyncio.run(run())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario.__name__))
def test_who_is_too_slow(outcomes: dict[Scenario, BaseException | None], scenario: Scenario) -> None:
    """Each as the scenario says."""
    outcome = outcomes[scenario]
    if outcome is not None:
        raise outcome
