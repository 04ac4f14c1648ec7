"""Search engines' crawlers, by forward-confirmed reverse DNS: the name of the address lies in the engine's domain, and
that name leads back to the address.

Anyone may claim to be a crawler, and the owner of an address can give it any name; only the engine can make names in
its domain lead anywhere. Nobody waits for an answer of DNS: until it has come, a crawler is treated as everyone.
Domains as the engines document them:

- Google: https://developers.google.com/crawling/docs/crawlers-fetchers/verifying-googlebot. Left out are its
  user-triggered fetchers: under ``gae.googleusercontent.com`` and as ``google-proxy-…`` come requests of anybody.
- Bing: https://www.bing.com/webmasters/help/how-to-verify-bingbot-3905dc26
- Apple: https://support.apple.com/en-us/119829
- Yandex: https://yandex.com/support/webmaster/robot-workings/check-yandex-robots.html
- Baidu: https://www.baidu.com/search/robots_english.html
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address
from math import inf
from typing import Final, NamedTuple, Protocol

from waitroom.complaints import Complaints
from waitroom.errors import WaitroomError
from waitroom.shaping.addresses import whence

logger = logging.getLogger("waitroom.shaping")

VERIFIED_SECONDS = 3600.0
"""How long an address is known to be a crawler's before DNS is asked anew."""
KEPT_SECONDS = 86_400.0
"""How long it counts as one while DNS does not say otherwise."""
REFUSED_SECONDS = 600.0
"""How long it is known to be none."""
UNANSWERED_SECONDS = 60.0
"""How long nobody asks again after DNS did not answer."""
MOST_LOOKUPS = 32
"""Under way at once in a worker. Beyond it a claim is not looked into, and counts as everyone's."""
MOST_OF_A_NETWORK = 2
"""Of them, of one IPv4 /24 or IPv6 /48: whose names come slowly does not take the place of all others."""
MOST_KNOWN = 10_000
"""Addresses that a worker knows of: first those that are none are forgotten, the oldest of them first."""
MOST_NAMES = 4
"""Of one address that are confirmed."""


class LookupFailedError(WaitroomError):
    """DNS did not answer."""


class Resolver(Protocol):
    """Asks DNS. Both raise :class:`LookupFailedError`; where there is nothing they give nothing."""

    async def names(self, address: str) -> Collection[str]:
        """The names of an address, without final dot, in lower case."""

    async def addresses(self, name: str, *, version: int) -> Collection[str]:
        """The IPv4 or IPv6 addresses of a name."""


@dataclass(frozen=True, slots=True)
class Crawler:
    """How an engine's crawlers name themselves (in lower case), and what hosts they are."""

    agents: tuple[str, ...]
    hosts: tuple[str, ...]


CRAWLERS: Final[Mapping[str, Crawler]] = {
    "google": Crawler(
        ("googlebot", "google-inspectiontool", "googleother", "storebot-google", "adsbot-google",
         "mediapartners-google"),
        ("*.googlebot.com", "rate-limited-proxy-*.google.com"),
    ),
    "bing": Crawler(("bingbot", "adidxbot", "bingpreview", "microsoftpreview"), ("*.search.msn.com",)),
    "apple": Crawler(("applebot",), ("*.applebot.apple.com",)),
    "yandex": Crawler(("yandex.com/bots",), ("*.yandex.ru", "*.yandex.net", "*.yandex.com")),
    "baidu": Crawler(("baiduspider",), ("*.baidu.com", "*.baidu.jp")),
}  # fmt: skip


def claimed(user_agent: str, among: Iterable[str]) -> str | None:
    """Which of these engines' crawlers a request claims to be, by its ``User-Agent``."""
    said = user_agent.lower()
    return next((name for name in among if any(agent in said for agent in CRAWLERS[name].agents)), None)


class _Claim(NamedTuple):
    """An address that says it is an engine's crawler's."""

    address: str
    name: str
    network: bytes


class _Verdict(NamedTuple):
    """What is known of a claim: when DNS is asked anew, and until when it counts."""

    ask_at: float
    ends: float = inf


class Crawlers:
    """Knows who is a crawler, and finds out in the background. ``clock`` is monotonic, in seconds."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        clock: Callable[[], float] = time.monotonic,
        most_known: int = MOST_KNOWN,
    ) -> None:
        self._resolver = resolver
        self._clock = clock
        self._most_known = most_known
        self._verified: dict[_Claim, _Verdict] = {}
        self._refused: dict[_Claim, _Verdict] = {}
        self._asking: dict[_Claim, asyncio.Task[None]] = {}
        self._complaints = Complaints(logger)

    def __repr__(self) -> str:
        known = len(self._verified) + len(self._refused)
        return f"<Crawlers {known} known, {len(self._asking)} asked for>"

    def verified(self, address: str, user_agent: str, among: Iterable[str]) -> str | None:
        """The engine whose crawler this is, as far as is known now. What is not known will be, soon."""
        name = claimed(user_agent, among)
        if name is None:
            return None
        place = whence(address)
        if place is None:
            return None
        claim, now = _Claim(_plain(address), name, place.network), self._clock()
        verified = self._verified.get(claim)
        known = verified or self._refused.get(claim)
        if known is None or known.ask_at <= now:
            self._ask(claim)
        # what DNS said last counts until it says something else
        return name if verified is not None and now < verified.ends else None

    def _ask(self, claim: _Claim) -> None:
        if claim in self._asking or len(self._asking) >= MOST_LOOKUPS:
            return
        if sum(other.network == claim.network for other in self._asking) >= MOST_OF_A_NETWORK:
            return
        self._asking[claim] = asyncio.get_running_loop().create_task(self._find_out(claim))

    async def _find_out(self, claim: _Claim) -> None:
        try:
            found = await is_of(self._resolver, claim.address, CRAWLERS[claim.name].hosts)
        except LookupFailedError as error:
            self._complaints.warn("dns", "whether a crawler is one of %s is not known: %s", claim.name, error)
            self._not_answered(claim)
        else:
            now = self._clock()
            if found:
                self._know(self._verified, claim, _Verdict(now + VERIFIED_SECONDS, now + KEPT_SECONDS))
            else:
                self._know(self._refused, claim, _Verdict(now + REFUSED_SECONDS))
        finally:
            del self._asking[claim]

    def _not_answered(self, claim: _Claim) -> None:
        again, before = self._clock() + UNANSWERED_SECONDS, self._verified.get(claim)
        if before is not None and again < before.ends:
            self._know(self._verified, claim, _Verdict(again, before.ends))
        else:
            self._know(self._refused, claim, _Verdict(again))

    def _know(self, those: dict[_Claim, _Verdict], claim: _Claim, verdict: _Verdict) -> None:
        self._verified.pop(claim, None)
        self._refused.pop(claim, None)
        those[claim] = verdict
        while len(self._verified) + len(self._refused) > self._most_known:
            oldest = self._refused or self._verified
            del oldest[next(iter(oldest))]


async def is_of(resolver: Resolver, address: str, hosts: Iterable[str]) -> bool:
    """Whether an address has a name that fits one of these patterns, and that leads back to it."""
    try:
        parsed = ip_address(_plain(address))
    except ValueError:
        return False
    patterns = tuple(hosts)
    names = [
        name
        for name in list(await resolver.names(str(parsed)))[:MOST_NAMES]
        if any(fnmatchcase(name, pattern) for pattern in patterns)
    ]
    for name in names:
        for found in await resolver.addresses(name, version=parsed.version):
            if ip_address(found) == parsed:
                return True
    return False


def _plain(address: str) -> str:
    """As DNS knows an address: an IPv4 address in an IPv6 one (``::ffff:192.0.2.1``) is that IPv4 address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
