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
from typing import Final, Protocol

from waitroom.complaints import Complaints
from waitroom.errors import WaitroomError

logger = logging.getLogger("waitroom.shaping")

VERIFIED_SECONDS = 3600.0
"""How long an address is known to be a crawler's."""
REFUSED_SECONDS = 600.0
"""How long it is known to be none."""
UNANSWERED_SECONDS = 60.0
"""How long nobody asks again after DNS did not answer."""
MOST_LOOKUPS = 8
"""Under way at once in a worker. Beyond it a claim is not looked into, and counts as everyone's."""
MOST_KNOWN = 10_000
"""Addresses that a worker knows of: the oldest are forgotten first."""
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
        self._known: dict[tuple[str, str], tuple[bool, float]] = {}
        """By address and engine: whether it is, and until when that is known."""
        self._asking: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._complaints = Complaints(logger)

    def __repr__(self) -> str:
        return f"<Crawlers {len(self._known)} known, {len(self._asking)} asked for>"

    def verified(self, address: str, user_agent: str, among: Iterable[str]) -> str | None:
        """The engine whose crawler this is, as far as is known now. What is not known will be, soon."""
        name = claimed(user_agent, among)
        if name is None:
            return None
        found, until = self._known.get((address, name), (False, 0.0))
        if until <= self._clock():
            self._ask(address, name)
            return None
        return name if found else None

    def _ask(self, address: str, name: str) -> None:
        key = (address, name)
        if key in self._asking or len(self._asking) >= MOST_LOOKUPS:
            return
        self._asking[key] = asyncio.get_running_loop().create_task(self._find_out(address, name))

    async def _find_out(self, address: str, name: str) -> None:
        try:
            found = await is_of(self._resolver, address, CRAWLERS[name].hosts)
            seconds = VERIFIED_SECONDS if found else REFUSED_SECONDS
        except LookupFailedError as error:
            found, seconds = False, UNANSWERED_SECONDS
            self._complaints.warn("dns", "whether a crawler is one of %s is not known: %s", name, error)
        finally:
            del self._asking[address, name]
        self._known.pop((address, name), None)
        self._known[address, name] = (found, self._clock() + seconds)
        while len(self._known) > self._most_known:
            del self._known[next(iter(self._known))]


async def is_of(resolver: Resolver, address: str, hosts: Iterable[str]) -> bool:
    """Whether an address has a name that fits one of these patterns, and that leads back to it."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    patterns = tuple(hosts)
    names = [
        name
        for name in list(await resolver.names(address))[:MOST_NAMES]
        if any(fnmatchcase(name, pattern) for pattern in patterns)
    ]
    for name in names:
        for found in await resolver.addresses(name, version=parsed.version):
            if ip_address(found) == parsed:
                return True
    return False
