"""One request on its way through the gate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.types import Receive, Scope, Send

from waitroom.gate.answers import Header
from waitroom.gate.beside import NOTHING_BESIDE, Beside
from waitroom.gate.negotiate import Kind, classify, is_foreign
from waitroom.gate.sockets import is_handshake
from waitroom.messages import languages
from waitroom.proxy import TrustedProxies, Visitor, remembered, target_of
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import OPEN


class Request:
    """An ASGI request, and who sent it as far as trusted proxies tell."""

    counts_as: Kind | None = None
    """Its kind, where its own headers would tell another."""
    way = OPEN
    """As what it is counted when it goes to the shop."""
    room = ""
    """The room that it is of; empty: of none."""
    from_own_origin = False
    """Whether a script of one of the shop's other origins sends it."""
    of_shop = False
    """Whether it is answered by the shop."""
    wants_returns = False
    """Whether its sender was told that there is nothing left, and wants a place all the same."""
    sent_at = 0.0
    """When it went to the shop, by ``time.perf_counter``; 0: it did not."""
    _visitor: Visitor | None = None

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, trusted: TrustedProxies, counters: Counters
    ) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.counters = counters
        """Where it is counted."""
        self.gifts: list[Header] = []
        """Headers that hand the visitor new tokens, with whatever answer there will be."""
        self.at_end: list[Callable[[], None]] = []
        """Called when it was answered, or given up."""
        self._trusted = trusted

    @property
    def visitor(self) -> Visitor:
        """Who sent it: looked up when somebody asks, which a status poll does not."""
        if self._visitor is None:
            scope = self.scope
            client, headers, scheme = scope["client"], scope["headers"], scope["scheme"]
            self._visitor = remembered(headers, _visitor, self._trusted, client and client[0], scheme)
        return self._visitor

    @property
    def secure(self) -> bool:
        """Whether the visitor came by HTTPS."""
        return self.visitor.scheme == "https"

    @property
    def is_foreign(self) -> bool:
        """Whether a page of another site sends it that is none of the shop's, as far as the browser tells."""
        return not self.from_own_origin and is_foreign(self.scope["headers"])

    @property
    def kind(self) -> Kind:
        """What kind of request it is."""
        if self.counts_as is not None:
            return self.counts_as
        if is_handshake(self.scope):
            return Kind.CALL
        return classify(self.scope["headers"], self.scope["method"])

    @property
    def languages(self) -> languages.Wanted:
        """The languages that its sender reads, the best one first: the one that they have chosen, if any, and those
        that their browser asks for."""
        wanted = languages.wanted(self.scope["headers"])
        chosen = self.chosen_language
        return (chosen.lower(), *wanted) if chosen else wanted

    @property
    def chosen_language(self) -> str:
        """The tag of the language that its sender has chosen on a page of the room; empty: none."""
        return self.beside.language

    @property
    def beside(self) -> Beside:
        """What its sender's ticket cookie of the room holds beside the ticket."""
        return Beside.of(self.scope["headers"], self.room) if self.room else NOTHING_BESIDE

    @property
    def target(self) -> str:
        """The address asked for: path and query, as sent."""
        return target_of(self.scope).decode("latin-1")

    @property
    def path(self) -> str:
        """The path alone, as sent."""
        raw: bytes = self.scope.get("raw_path") or self.scope["path"].encode()
        return raw.decode("latin-1")


def _visitor(headers: Sequence[Header], trusted: TrustedProxies, address: str | None, scheme: str) -> Visitor:
    return trusted.visitor(None if address is None else (address, 0), headers, scheme=scheme)


Serve = Callable[[Request], Awaitable[None]]
"""Answers one request."""
