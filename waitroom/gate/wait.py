"""The address where one can wait without asking the shop for anything: a page for people, JSON for apps.

An app, or a page of the shop on another host, opens it for a visitor whose call was held; it is the door of the room
like any address of the shop, but who is let in is led back to where they came from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

from waitroom.gate.answers import JSON, NO_STORE, TEXT, VARY, answer
from waitroom.gate.doorway import Doorway
from waitroom.gate.forms import query_fields
from waitroom.gate.leading import leading_to, local_target
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.state import plain_state
from waitroom.gate.tokens import Pass
from waitroom.line.room import Room
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import WAITED

RETURNS = "returns"
"""The field of the query of those who were told that all is sold out, and want to wait for what comes back."""


class Onward:
    """Takes those who are let in to where they came from: ``to``, a path of this host or an address of one of the
    shop's ``origins``; else to ``default``."""

    def __init__(self, room: Room, origins: Sequence[str], default: str) -> None:
        self._room = room
        self._origins = tuple(origins)
        self._default = default

    def bring(self, request: Request, admission: Pass | None) -> Awaitable[None]:
        """Leads a navigation there; tells an app that it is let in."""
        request.counters[WAITED] += 1
        headers = [NO_STORE, VARY, *request.gifts]
        if request.kind is Kind.NAVIGATION:
            headers.append(leading_to(self.target(query_fields(request).get("to", ""))))
            return answer(request.scope, request.send, 303, TEXT, b"", headers)
        state = plain_state(self._room, "admitted")
        languages = request.languages if state.message.translations else ()
        return answer(request.scope, request.send, 200, JSON, state.to_json(languages), headers)

    def target(self, to: str) -> str:
        """The address in ``to``, where it is one that may be led to."""
        if not to:
            return self._default
        for origin in self._origins:
            # what follows a whole origin like this can be no part of the host (WHATWG URL, section 4.4)
            if to.startswith(origin) and (to == origin or to[len(origin)] in "/?#"):
                return to
        return local_target(to)


class WaitAddress:
    """``/__waitroom/{room}/wait``. ``doorway`` is one of the room whose way leads :class:`Onward`."""

    def __init__(self, doorway: Doorway, counters: Counters) -> None:
        self._doorway = doorway
        self._counters = counters

    async def serve(self, request: Request) -> None:
        """Tells where the visitor stands, lets them in when it is their turn, and gives newcomers a place."""
        request.counters = self._counters
        request.wants_returns = RETURNS in query_fields(request)
        await self._doorway.handle(request)
