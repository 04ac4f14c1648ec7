"""The gateway: one pure ASGI application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from waitroom.complaints import Complaints
from waitroom.errors import BadRequestError, BusyError, ClientGoneError, LineUnavailableError, OriginError
from waitroom.gate import health
from waitroom.gate.answers import NO_STORE, PROBLEM, TEXT, answer, problem
from waitroom.gate.cors import Cors
from waitroom.gate.doorway import Doorway
from waitroom.gate.editions import Editions
from waitroom.gate.logged import NO_ADDRESSES, LoggedAddresses
from waitroom.gate.negotiate import Kind
from waitroom.gate.neighbours import Neighbours
from waitroom.gate.own import RoomEndpoints
from waitroom.gate.passage import Passage
from waitroom.gate.request import Request, Serve
from waitroom.gate.rooms import RoomMap
from waitroom.gate.shares import Shares, TooManyRequestsError
from waitroom.gate.static import serve_file
from waitroom.gate.whole_page import send_page
from waitroom.line.room import Room
from waitroom.shaping.regulator import Regulator
from waitroom.tasks import end_all
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import BAD, PUT_OFF
from waitroom.themes.picture import IMAGE_POLICY

logger = logging.getLogger("waitroom.gate")

OWN = "/__waitroom/"
"""All below this address is the gateway's own; all else belongs to the shop."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """One room with its door and its own addresses."""

    room: Room
    doorway: Doorway
    endpoints: RoomEndpoints
    regulator: Regulator
    counters: Counters
    editions: Editions


class Gate:
    """request -> which room? -> valid pass? -> origin; no pass: join, show the ticket, or wait."""

    def __init__(
        self,
        entrances: Sequence[Entrance],
        rooms: RoomMap,
        editions: Editions,
        passage: Passage,
        of_address: Shares,
        keys: Serve,
        documents: Mapping[str, Serve],
        elsewhere: Counters,
        cors: Cors | None = None,
        logged: LoggedAddresses = NO_ADDRESSES,
        keepers: Sequence[Callable[[], Coroutine[None, None, None]]] = (),
        last_acts: Sequence[Callable[[], Coroutine[None, None, None]]] = (),
    ) -> None:
        self._entrances = {entrance.room.name: entrance for entrance in entrances}
        self._rooms = rooms
        self._editions = editions
        self._passage = passage
        self._neighbours = Neighbours(passage.trusted)
        self._of_address = of_address
        self._keys = keys
        self._documents = documents
        self._elsewhere = elsewhere
        self._cors = cors
        self._logged = logged
        self._complaints = Complaints(logger)
        self._more_keepers = keepers
        self._last_acts = last_acts
        self._keepers: list[asyncio.Task[None]] = []

    def __repr__(self) -> str:
        return f"<Gate {[entrance.room for entrance in self._entrances.values()]}, {self._passage.origin!r}>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        request = Request(scope, receive, send, self._passage.trusted, self._elsewhere)
        cors = self._cors
        if cors is not None and cors.begin(request, own=scope["path"].startswith(OWN)):
            serve: Serve = cors.preflight
        else:
            serve = self._find(request)
        place = self._neighbours.place(request)
        try:
            if place is None:
                await serve(request)
            else:
                await self._counted(place, serve, request)
        except OriginError as error:
            # no query: there is anything in it
            self._complaints.warn(
                type(error).__name__, "%s %s%s: %s", scope["method"], request.path[:200],
                self._logged.of(request.visitor.address), error,
            )  # fmt: skip
            await self._trouble(request, error)
        except (BusyError, TooManyRequestsError) as error:
            await self._put_off(request, error)
        except BadRequestError as error:
            # a path or header that would not mean the same to the origin as to us
            request.counters[BAD] += 1
            body = problem(400, "bad-request", str(error))
            await answer(scope, send, 400, PROBLEM, body, [NO_STORE, (b"connection", b"close")])
        except ClientGoneError:
            pass
        finally:
            for end in request.at_end:
                end()

    async def _counted(self, place: str, serve: Serve, request: Request) -> None:
        """Serve a request of an address that shares its connection with others."""
        self._of_address.take(place)
        try:
            await serve(request)
        finally:
            self._of_address.give_back(place)

    async def start(self) -> None:
        """Begins to keep the rooms. A Redis that is away is waited for."""
        for entrance in self._entrances.values():
            with suppress(LineUnavailableError):
                await entrance.room.start()
                await entrance.regulator.start()
            self._keepers.append(asyncio.create_task(entrance.room.run()))
            self._keepers.append(asyncio.create_task(entrance.regulator.run()))
        self._keepers += [asyncio.create_task(keep()) for keep in self._more_keepers]

    async def stop(self) -> None:
        """Lets go of the rooms; what was gathered is told to Redis first."""
        for entrance in self._entrances.values():
            entrance.room.stop()
            entrance.regulator.stop()
        await end_all(self._keepers)
        for entrance in self._entrances.values():
            with suppress(LineUnavailableError):
                await entrance.room.flush()
        for act in self._last_acts:
            await act()
        await self._passage.origin.aclose()

    def _find(self, request: Request) -> Serve:
        """What answers a request."""
        path: str = request.scope["path"]
        if not path.startswith(OWN):
            return self._shop
        name, _, action = path[len(OWN) :].partition("/")
        if (entrance := self._entrances.get(name)) is not None:
            request.room = name
            return entrance.endpoints.find(request.scope["method"], action) or _not_found
        if name == "static":
            return self._static
        if name == "keys" and not action:
            return self._keys
        if name in self._documents and not action:
            return self._documents[name]
        if name == "health":
            return {"live": health.live, "ready": self._ready}.get(action, _not_found)
        return _not_found

    def _shop(self, request: Request) -> Awaitable[None]:
        name = self._rooms.of(request.visitor, request.path)
        if name is None:
            return self._passage.through(request)
        entrance = self._entrances[name]
        request.room = name
        request.counters = entrance.counters
        return entrance.doorway.handle(request)

    async def _ready(self, request: Request) -> None:
        await health.ready(request, [entrance.room for entrance in self._entrances.values()])

    async def _static(self, request: Request) -> None:
        scope = request.scope
        file = self._editions.static.lookup(scope["path"])
        if file is None:
            await answer(
                scope, request.send, 404, TEXT, self._editions.first.texts.refusal(404).encode(), [NO_STORE]
            )
            return
        headers = [(b"cache-control", b"public, max-age=31536000, immutable")]
        if file.content_type.startswith("image/"):
            headers.append((b"content-security-policy", IMAGE_POLICY.encode()))
        await serve_file(request, file, headers)

    def _editions_of(self, room: str) -> Editions:
        return self._entrances[room].editions if room else self._editions

    async def _trouble(self, request: Request, error: OriginError) -> None:
        """The shop failed. Place and visit are kept, those that were given just now too."""
        status = error.status
        headers = [(b"retry-after", b"5"), *request.gifts]
        if request.kind is Kind.NAVIGATION:
            pages = self._editions_of(request.room).to(request.languages)
            await send_page(request, status, pages.trouble(status, request.room or None), headers)
        else:
            kind = "origin-timeout" if status == 504 else "origin-failed"
            body = problem(status, kind, "The shop did not answer. Your place and your visit are kept.")
            await answer(request.scope, request.send, status, PROBLEM, body, [*headers, NO_STORE])

    async def _put_off(self, request: Request, error: BusyError | TooManyRequestsError) -> None:
        """Not now. Nothing was sent to the shop; place and visit are kept."""
        request.counters[PUT_OFF] += 1
        status = error.status
        headers = [(b"retry-after", b"%d" % error.retry_after), *request.gifts]
        if request.kind is Kind.NAVIGATION:
            pages = self._editions_of(request.room).to(request.languages)
            await send_page(request, status, pages.put_off(status, request.room or None), headers)
        else:
            kind = "busy" if status == 503 else "too-many-requests"
            body = problem(status, kind, str(error), {"retry_after": error.retry_after})
            await answer(request.scope, request.send, status, PROBLEM, body, [*headers, NO_STORE])

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def never_ends(scope: Scope) -> bool:
    """Whether a request is for an event stream, which only its visitor ends."""
    path: str = scope["path"]
    return path.startswith(OWN) and path.endswith("/events")


async def _not_found(request: Request) -> None:
    body = problem(404, "not-found", "There is no such address.")
    await answer(request.scope, request.send, 404, PROBLEM, body, [NO_STORE])
