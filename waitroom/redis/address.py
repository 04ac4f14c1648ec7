"""The address of Redis, as `redis_url` gives it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

Server = tuple[str, int]
"""Host and port."""

REDIS_PORT = 6379
SENTINEL_PORT = 26379
_SCHEMES = re.compile(r"(redis|rediss)(?:\+(sentinel|cluster))?|unix")


class Kind(StrEnum):
    """What stands at the address."""

    SINGLE = "single"
    """One server."""
    SENTINEL = "sentinel"
    """Sentinels, who know which server is the master."""
    CLUSTER = "cluster"
    """Some nodes of a cluster, who know the others."""


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """Where Redis is. ``servers``, ``service``, ``database`` and the names and passwords are those of a Sentinel's or a
    cluster's address; that of a single server is read by the client library."""

    kind: Kind
    uses_tls: bool
    servers: tuple[Server, ...] = ()
    service: str = ""
    """What the sentinels call the master."""
    database: int = 0
    username: str | None = None
    password: str | None = None
    sentinel_username: str | None = None
    sentinel_password: str | None = None

    @classmethod
    def parse(cls, url: str) -> RedisAddress:
        """Reads `redis://`, `rediss://`, `unix://`, and the first two with `+sentinel` or `+cluster`. The names of the
        schemes are those of the Python packages `limits` and `redis-sentinel-url`. Raises ValueError."""
        scheme, _, rest = url.partition("://")
        matched = _SCHEMES.fullmatch(scheme.lower())
        if not matched or re.search(r"\s", url):
            raise ValueError("not the URL of a Redis")
        uses_tls = matched[1] == "rediss"
        if matched[2] is None:
            return _single(url, Kind.SINGLE, uses_tls=uses_tls)
        kind = Kind(matched[2])
        place, _, query = rest.partition("?")
        if "#" in rest:
            raise ValueError("a URL with a fragment")
        places, _, path = place.partition("/")
        names, _, hosts = places.rpartition("@")
        username, _, password = names.partition(":")
        options = _options(query, kind)
        service, database = _path(path, kind)
        return cls(
            kind,
            uses_tls,
            tuple(_servers(hosts, SENTINEL_PORT if kind is Kind.SENTINEL else REDIS_PORT)),
            service,
            database,
            unquote(username) or None,
            unquote(password) or None,
            options.get("sentinel_username"),
            options.get("sentinel_password"),
        )


def _single(url: str, kind: Kind, *, uses_tls: bool) -> RedisAddress:
    parts = urlsplit(url)
    # `port` raises ValueError by itself where it is no number or too large
    if parts.port == 0 or not (parts.path.strip("/") if parts.scheme == "unix" else parts.hostname):
        raise ValueError("not the URL of a Redis")
    return RedisAddress(kind, uses_tls)


def _servers(hosts: str, port: int) -> Iterable[Server]:
    for host in hosts.split(","):
        parts = urlsplit(f"//{host}")
        if not parts.hostname or parts.port == 0 or parts.netloc != host:
            raise ValueError("not a host")
        yield parts.hostname, parts.port or port


def _path(path: str, kind: Kind) -> tuple[str, int]:
    if kind is Kind.CLUSTER:
        if path.strip("/") not in ("", "0"):
            raise ValueError("a cluster has one database")
        return "", 0
    service, _, database = path.partition("/")
    if not service or not re.fullmatch(r"[0-9]{0,4}", database):
        raise ValueError("the name of the master is missing")
    return unquote(service), int(database or 0)


def _options(query: str, kind: Kind) -> dict[str, str]:
    given = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    known = {"sentinel_username", "sentinel_password"} if kind is Kind.SENTINEL else set()
    if given.keys() - known:
        raise ValueError("an option that is not known")
    return given
