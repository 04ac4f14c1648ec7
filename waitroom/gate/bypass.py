"""What goes to the shop of one room without a place in its line."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Sequence
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from waitroom.complaints import Complaints
from waitroom.gate.disguises import is_disguise
from waitroom.gate.inside import Way
from waitroom.gate.logged import NO_ADDRESSES, LoggedAddresses
from waitroom.gate.request import Request
from waitroom.gate.rooms import clear_path
from waitroom.gate.webhooks import Webhooks
from waitroom.proxy import TrustedProxies
from waitroom.shaping.bypass import Asked, Rule, Verdict, explain, find
from waitroom.shaping.crawlers import Crawlers
from waitroom.telemetry.families import BYPASS

logger = logging.getLogger("waitroom.gate")

_CHAINS = frozenset((b"x-forwarded-for", b"forwarded"))
_REMEMBERED = 4096
_SHORT = 256
"""Characters of a path whose rules are remembered: of longer ones, somebody could send many."""
_METHOD_PARAMETER = re.compile(rb"(?:^|[&;])_method\b")


class Bypass:
    """The rules and webhooks of one room. ``crawlers`` are needed where a rule names some."""

    def __init__(
        self,
        room: str,
        rules: Sequence[Rule],
        webhooks: Webhooks | None,
        crawlers: Crawlers | None,
        trusted: TrustedProxies,
        logged: LoggedAddresses = NO_ADDRESSES,
    ) -> None:
        self._room = room
        self._logged = logged
        self._rules = tuple(rules)
        self._webhooks = webhooks
        self._crawlers = crawlers
        self._engines = tuple(sorted({name for rule in self._rules for name in rule.crawlers}))
        self._trusted = trusted
        self._complaints = Complaints(logger)
        self._known = lru_cache(_REMEMBERED)(self._search)

    async def take(self, request: Request, inside: Way) -> bool:
        """Brings a request to the shop that need not queue; whether it was one."""
        rules = self._covering(request.path) if self._rules else ()
        if rules and (rule := find(rules, self.asked(request))) is not None:
            logger.debug("room %s: rule %s lets a request pass", self._room, rule.name)
            await _bring(request, inside)
            return True
        return self._webhooks is not None and await self._webhooks.take(
            request, lambda: _bring(request, inside)
        )

    def _covering(self, path: str) -> tuple[Rule, ...]:
        return self._known(path) if len(path) <= _SHORT else self._search(path)

    def _search(self, path: str) -> tuple[Rule, ...]:
        """The rules of a raw path: on most paths there are none, and nothing else of a request is looked at."""
        clear = clear_path(path)
        return tuple(rule for rule in self._rules if rule.covers(clear))

    def explain(self, request: Request) -> tuple[Verdict, ...]:
        """What each rule says of a request."""
        return explain(self._rules, self.asked(request))

    def asked(self, request: Request) -> Asked:
        """What the rules go by."""
        scope = request.scope
        query: bytes = scope["query_string"]
        disguised = bool(query) and _METHOD_PARAMETER.search(unquote_to_bytes(query)) is not None
        chained, agent = False, b""
        for name, value in scope["headers"]:
            if is_disguise(name):
                disguised = True
            elif name in _CHAINS:
                chained = True
            elif name == b"user-agent":
                agent = value
        address = self._address(request, chained=chained)
        crawler = None
        if self._crawlers is not None and self._engines and address is not None:
            crawler = self._crawlers.verified(address, agent.decode("latin-1"), self._engines)
        return Asked(
            room=self._room,
            method=scope["method"],
            path=clear_path(request.path),
            address=address,
            crawler=crawler,
            disguised=disguised,
        )

    def _address(self, request: Request, *, chained: bool) -> str | None:
        """The visitor's address; None where it is a proxy's, so that all who come by it would have it."""
        client = request.scope["client"]
        address = request.visitor.address
        if self._trusted.believes(client):
            return None if self._trusted.believes((address, 0)) else address
        if chained and any(rule.networks for rule in self._rules):
            self._complaints.warn(
                "proxy",
                "somebody%s says for whom they come, and is not in trusted_proxies: no rule knows their address",
                self._logged.of(address),
            )  # fmt: skip
            return None
        return None if client is None else address


def _bring(request: Request, inside: Way) -> Awaitable[None]:
    request.way = BYPASS
    return inside.bring(request, None)
