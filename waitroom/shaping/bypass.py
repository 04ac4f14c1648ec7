"""Who never queues: rules by room, path, method, address and verified crawler. Pure.

The conditions of one rule must all hold; of several rules the first that matches counts. A rule opens a door, so each
doubt speaks against it: see :class:`Asked`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network

CRAWLER_METHODS = frozenset({"GET", "HEAD"})
"""What a crawler may do by a rule that names no methods: it reads."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. A condition that is left empty holds for every request."""

    name: str
    rooms: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()
    """Patterns, decoded: see :func:`covers`."""
    methods: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    crawlers: frozenset[str] = frozenset()
    """Names of :data:`waitroom.shaping.crawlers.CRAWLERS`."""

    def covers(self, path: str | None) -> bool:
        """Whether its paths cover a decoded one; None is a path that shops may read in different ways."""
        return not self.paths or (path is not None and any(covers(pattern, path) for pattern in self.paths))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a request."""

    room: str
    method: str
    path: str | None
    """Percent-decoded, as every shop reads it; None where shops may differ."""
    address: str | None = None
    """The visitor's, as trusted proxies tell; None where nobody can say whose it is."""
    crawler: str | None = None
    """The search engine that the address was verified to belong to."""
    disguised: bool = False
    """A field or parameter asks the shop to take it for another method or path."""


class Miss(StrEnum):
    """Why a rule does not match."""

    ROOM = "another room"
    DISGUISED = "asks to be taken for another method or path"
    UNCLEAR = "a path that shops may read in different ways"
    PATH = "another path"
    METHOD = "another method"
    ADDRESS = "another address"
    CRAWLER = "not verified to be a crawler of these"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of a request: ``miss`` is None where it matches."""

    rule: str
    miss: Miss | None


def find(rules: Iterable[Rule], asked: Asked) -> Rule | None:
    """The first rule that matches."""
    return next((rule for rule in rules if _miss(rule, asked) is None), None)


def explain(rules: Sequence[Rule], asked: Asked) -> tuple[Verdict, ...]:
    """What each rule says of a request, in their order: the first without a miss is the one that counts."""
    return tuple(Verdict(rule.name, _miss(rule, asked)) for rule in rules)


def covers(pattern: str, path: str) -> bool:
    """Whether a pattern covers a decoded path: exactly (``/a``), with all below (``/a/*``), or all that begin alike
    (``/a*``)."""
    if pattern.endswith("/*"):
        return path.startswith(pattern[:-1]) or path == pattern[:-2]
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def _miss(rule: Rule, asked: Asked) -> Miss | None:
    if rule.rooms and asked.room not in rule.rooms:
        return Miss.ROOM
    if asked.disguised:
        return Miss.DISGUISED
    if not rule.covers(asked.path):
        return Miss.UNCLEAR if asked.path is None else Miss.PATH
    methods = rule.methods or (CRAWLER_METHODS if rule.crawlers else None)
    if methods and asked.method not in methods:
        return Miss.METHOD
    if rule.networks and not _within(asked.address, rule.networks):
        return Miss.ADDRESS
    if rule.crawlers and asked.crawler not in rule.crawlers:
        return Miss.CRAWLER
    return None


def _within(address: str | None, networks: Iterable[Network]) -> bool:
    parsed = None if address is None else _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


@lru_cache(8192)
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    # a dual-stack socket shows IPv4 peers as ::ffff:192.0.2.1
    return getattr(parsed, "ipv4_mapped", None) or parsed
