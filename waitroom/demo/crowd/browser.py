"""What a shopper's browser does by itself: keeps cookies, waits in the room, comes back after errors."""

from __future__ import annotations

import ssl
from random import Random
from types import TracebackType
from typing import Self

import httpx

from waitroom.demo.crowd.backoff import Backoff
from waitroom.demo.crowd.events import EventParser
from waitroom.demo.crowd.protocol import EVENT_STREAM, NAVIGATION, events_path, room_that_holds
from waitroom.demo.crowd.tally import Tally

_PAGE_TIMEOUT = httpx.Timeout(30.0)
# A quiet stream is a healthy one, and a whole crowd connects at once.
_STREAM_TIMEOUT = httpx.Timeout(60.0, read=None)

# Enough for a gateway to be restarted, or a shop to recover.
_ATTEMPTS = 30
_ATTEMPTS_AT_A_FAILING_SHOP = 4


class Browser:
    """One tab with its own cookies and connections, as a context manager."""

    def __init__(self, gateway: str, *, tls: ssl.SSLContext, chance: Random, tally: Tally) -> None:
        self._client = httpx.AsyncClient(
            base_url=gateway,
            headers=NAVIGATION,
            verify=tls,
            limits=httpx.Limits(max_connections=None),
            timeout=_PAGE_TIMEOUT,
            follow_redirects=True,
            trust_env=False,
        )
        self._chance = chance
        self._tally = tally

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._client.__aexit__(kind, error, traceback)

    async def open(self, path: str) -> httpx.Response:
        """Opens a page of the shop, after the wait where there is one.

        Raises:
            GaveUpError: one error came after the other.
        """
        return await self._reach(self._client.build_request("GET", path))

    async def submit(self, path: str, fields: dict[str, str]) -> httpx.Response:
        """Sends a form and returns the page that it leads to; raises as ``open``."""
        return await self._reach(self._client.build_request("POST", path, data=fields))

    async def _reach(self, request: httpx.Request) -> httpx.Response:
        unreachable = Backoff(self._chance, attempts=_ATTEMPTS)
        failing = Backoff(self._chance, attempts=_ATTEMPTS_AT_A_FAILING_SHOP)
        was_held = False
        while True:
            url = request.url
            try:
                response = await self._client.send(request)
            except httpx.HTTPError:
                self._tally.errors += 1
                await unreachable.pause()
            else:
                url = response.url
                room = room_that_holds(response.status_code, response.headers.get("Waitroom-Room"))
                if room is None and response.status_code < 500:
                    return response
                if room is None:
                    self._tally.errors += 1
                    await failing.pause()
                else:
                    self._tally.held += not was_held
                    if was_held:
                        # Told to come in, and held again: not a reason to ask at once.
                        await unreachable.pause()
                    was_held = True
                    await self._wait(room)
            # A form is not sent twice by itself: what follows is a look at the page that it led to.
            request = self._client.build_request("GET", url)

    async def _wait(self, room: str) -> None:
        """Follows the room's events until it is our turn, or only the page itself can tell."""
        backoff = Backoff(self._chance, attempts=_ATTEMPTS)
        while True:
            try:
                if await self._follow(room, backoff):
                    return
            except httpx.HTTPError:
                self._tally.errors += 1
            await backoff.pause()

    async def _follow(self, room: str, backoff: Backoff) -> bool:
        """Reads one event stream to its end; whether the page is to be opened now."""
        events = EventParser()
        async with self._client.stream(
            "GET", events_path(room), headers=EVENT_STREAM, timeout=_STREAM_TIMEOUT
        ) as response:
            if response.status_code != 200:
                # A gateway that is starting or stopping fails; any other refusal is about our ticket.
                return response.status_code < 500
            async for line in response.aiter_lines():
                event = events.feed(line)
                if event is None:
                    continue
                if event.name == "admitted":
                    return True
                backoff.reset()
        return False
