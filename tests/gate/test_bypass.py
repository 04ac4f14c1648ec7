"""What the rules of a room go by, as the gate finds it in a request."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from ipaddress import ip_network

import pytest

from waitroom.gate.bypass import Bypass
from waitroom.gate.request import Request
from waitroom.proxy import TrustedProxies
from waitroom.shaping.bypass import Miss, Rule, Verdict
from waitroom.shaping.crawlers import Crawlers
from waitroom.telemetry.counters import Counters

pytestmark = pytest.mark.anyio

GOOGLE = b"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
TRUSTED = TrustedProxies(["192.0.2.1"])


async def _nobody(*_: object) -> None:
    raise AssertionError("no one reads or writes here")


def request(
    *fields: tuple[bytes, bytes], path: bytes = b"/a", method: str = "GET", client: str | None = "66.249.66.1"
) -> Request:
    """A request from an address."""
    scope = {
        "type": "http", "method": method, "path": path.decode(), "raw_path": path, "query_string": b"",
        "headers": [(b"host", b"shop.example"), *fields], "scheme": "http",
        "client": client and (client, 1),
    }  # fmt: skip
    return Request(scope, _nobody, _nobody, TRUSTED, Counters())  # type: ignore[arg-type]


class Dns:
    """One address of a crawler's."""

    async def names(self, address: str) -> Collection[str]:
        """Its name."""
        return ["crawl.googlebot.com"] if address == "66.249.66.1" else []

    async def addresses(self, name: str, *, version: int) -> Collection[str]:
        """And back."""
        return ["66.249.66.1"]


async def test_a_crawler_passes_once_it_is_verified() -> None:
    """Until then it is treated as everyone; behind a trusted proxy, by the address that this one tells."""
    rules = [Rule("search", crawlers=frozenset({"google"}))]
    bypass = Bypass("drop", rules, None, Crawlers(Dns()), TRUSTED)
    agent = (b"user-agent", GOOGLE)
    asks = [
        (request(agent), None),
        (request(agent, (b"x-forwarded-for", b"66.249.66.1"), client="192.0.2.1"), None),
        (request(), Miss.CRAWLER),
        (request(agent, method="POST"), Miss.METHOD),
        (request(agent, client="192.0.2.9"), Miss.CRAWLER),
        (request(agent, (b"x-forwarded-for", b"66.249.66.1"), client="192.0.2.9"), Miss.CRAWLER),
    ]
    assert (Verdict("search", Miss.CRAWLER),) == bypass.explain(asks[0][0])
    for each, _ in asks:
        bypass.explain(each)
    await asyncio.sleep(0.05)
    assert [miss for _, miss in asks] == [bypass.explain(each)[0].miss for each, _ in asks]


@pytest.mark.parametrize(
    ("asked", "miss"),
    [
        (request(client="198.51.100.7"), None),
        (request(client="::ffff:198.51.100.7"), None),
        (request(client="198.51.101.7"), Miss.ADDRESS),
        (request((b"x-forwarded-for", b"198.51.100.7"), client="192.0.2.1"), None),
        (request((b"forwarded", b"for=198.51.100.7"), client="192.0.2.1"), None),
        (request((b"x-forwarded-for", b"198.51.100.7, nonsense"), client="192.0.2.1"), Miss.ADDRESS),
        (request((b"x-forwarded-for", b"198.51.100.7"), client="198.51.101.7"), Miss.ADDRESS),
        (request((b"x-forwarded-for", b"203.0.113.1"), client="198.51.100.7"), Miss.ADDRESS),
        (request((b"forwarded", b"for=203.0.113.1"), client="198.51.100.7"), Miss.ADDRESS),
        (request(client="192.0.2.1"), Miss.ADDRESS),
        (request(client=None), Miss.ADDRESS),
    ],
)
async def test_an_address_is_known_or_is_none(asked: Request, miss: Miss | None) -> None:
    """A proxy's own, one that an untrusted peer tells, and that of a peer who comes for others are none."""
    networks = tuple(map(ip_network, ("198.51.100.0/24", "192.0.2.0/24")))
    bypass = Bypass("drop", [Rule("office", networks=networks)], None, None, TRUSTED)
    assert (Verdict("office", miss),) == bypass.explain(asked)


@pytest.mark.parametrize(
    "name",
    [
        b"x-http-method-override",
        b"x_http_method_override",
        b"x-original_url",
        b"x_original_uri",
        b"x-http-path-override",
        b"x-original-method",
    ],
)
async def test_a_disguise_is_one_however_it_is_spelled(name: bytes) -> None:
    """Shops behind CGI-like interfaces read ``_`` and ``-`` in the name of a field as one."""
    bypass = Bypass("drop", [Rule("all", paths=("/a",))], None, None, TRUSTED)
    assert (Verdict("all", Miss.DISGUISED),) == bypass.explain(request((name, b"/b")))
    assert (Verdict("all", None),) == bypass.explain(request((b"x_y", b"/b")))
