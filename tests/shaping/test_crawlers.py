"""A crawler is one whose address has a name in its engine's domain that leads back to the address."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import pytest

from tests.contract.harness import eventually
from tests.shaping.name_server import Zone, name_server
from waitroom.shaping import crawlers as module
from waitroom.shaping.crawlers import CRAWLERS, Crawlers, LookupFailedError, claimed, is_of
from waitroom.shaping.resolver import DnsResolver

pytestmark = pytest.mark.anyio

GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
BING = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/120 Safari/537.36"
ALL = tuple(CRAWLERS)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (GOOGLE, "google"),
        ("AdsBot-Google (+http://www.google.com/adsbot.html)", "google"),
        (BING, "bing"),
        (
            "Mozilla/5.0 (Macintosh) Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
            "apple",
        ),
        ("Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", "yandex"),
        ("Mozilla/5.0 (compatible; Baiduspider/2.0;+http://www.baidu.com/search/spider.html)", "baidu"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/120 YaBrowser/24.1 Yowser/2.5 Safari/537.36", None),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120 Safari/537.36", None),
        ("", None),
    ],
)
async def test_who_claims_to_be_a_crawler(agent: str, name: str | None) -> None:
    """By its own name for itself; a browser claims nothing."""
    assert name == claimed(agent, ALL)
    assert claimed(agent, ()) is None


ZONE: Zone = {
    ("1.66.249.66.in-addr.arpa.", "PTR"): ("crawl-66-249-66-1.googlebot.com.",),
    ("crawl-66-249-66-1.googlebot.com.", "A"): ("66.249.66.1",),
    ("77.90.249.66.in-addr.arpa.", "PTR"): ("Rate-Limited-Proxy-66-249-90-77.Google.com.",),
    ("rate-limited-proxy-66-249-90-77.google.com.", "A"): ("66.249.90.77",),
    ("9.90.249.66.in-addr.arpa.", "PTR"): ("google-proxy-66-249-90-9.google.com.",),
    ("google-proxy-66-249-90-9.google.com.", "A"): ("66.249.90.9",),
    ("8.8.249.66.in-addr.arpa.", "PTR"): ("66-249-8-8.gae.googleusercontent.com.",),
    ("66-249-8-8.gae.googleusercontent.com.", "A"): ("66.249.8.8",),
    # an owner may give an address any name
    ("2.113.0.203.in-addr.arpa.", "PTR"): ("crawl-66-249-66-1.googlebot.com.",),
    ("3.113.0.203.in-addr.arpa.", "PTR"): ("crawl.googlebot.com.evil.example.",),
    ("crawl.googlebot.com.evil.example.", "A"): ("203.0.113.3",),
    ("4.113.0.203.in-addr.arpa.", "PTR"): ("evilgooglebot.com.",),
    ("evilgooglebot.com.", "A"): ("203.0.113.4",),
    ("5.113.0.203.in-addr.arpa.", "PTR"): ("gone.googlebot.com.",),
    ("6.113.0.203.in-addr.arpa.", "PTR"): ("host.example.", "both.googlebot.com."),
    ("both.googlebot.com.", "A"): ("198.51.100.1", "203.0.113.6"),
    ("7.113.0.203.in-addr.arpa.", "PTR"): ("a.x.", "b.x.", "c.x.", "d.x.", "e.googlebot.com."),
    ("1.0.0.0." + "0." * 20 + "8.b.d.0.1.0.0.2.ip6.arpa.", "PTR"): ("six.googlebot.com.",),
    ("six.googlebot.com.", "AAAA"): ("2001:db8::1",),
    ("six.googlebot.com.", "A"): ("192.0.2.1",),
}


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("66.249.66.1", True),
        ("66.249.90.77", True),
        ("66.249.90.9", False),
        ("66.249.8.8", False),
        ("203.0.113.2", False),
        ("203.0.113.3", False),
        ("203.0.113.4", False),
        ("203.0.113.5", False),
        ("203.0.113.6", True),
        ("203.0.113.99", False),
        ("2001:db8::1", True),
        ("2001:0DB8:0::1", True),
        ("::ffff:66.249.66.1", True),
        ("::ffff:203.0.113.2", False),
        ("not an address", False),
    ],
)
async def test_a_name_must_lie_in_the_domain_and_lead_back(address: str, found: bool) -> None:
    """Asked of a real name server, in both directions."""
    async with name_server(ZONE) as (_, resolver):
        assert found == await is_of(DnsResolver(resolver), address, CRAWLERS["google"].hosts)


async def test_of_many_names_a_few_are_confirmed() -> None:
    """An address with a thousand names costs no thousand questions."""
    zone: Zone = {
        ("1.2.0.192.in-addr.arpa.", "PTR"): tuple(f"n{number}.googlebot.com." for number in range(20)),
        ("1.3.0.192.in-addr.arpa.", "PTR"): (),
    }
    async with name_server(zone) as (server, resolver):
        assert not await is_of(DnsResolver(resolver), "192.0.2.1", CRAWLERS["google"].hosts)
        assert 1 + module.MOST_NAMES == server.asked.total()


async def test_nobody_waits_for_dns_and_an_answer_is_kept() -> None:
    """The first request counts as everyone's; once it is known, no one asks again until its time is over."""
    now = [0.0]
    async with name_server(ZONE) as (server, resolver):
        known = Crawlers(DnsResolver(resolver), clock=lambda: now[0])
        assert known.verified("66.249.66.1", GOOGLE, ALL) is None

        async def verified() -> bool:
            return known.verified("66.249.66.1", GOOGLE, ALL) == "google"

        await eventually(verified)
        asked = server.asked.total()
        now[0] = module.VERIFIED_SECONDS - 1
        assert "google" == known.verified("66.249.66.1", GOOGLE, ALL)
        assert asked == server.asked.total()
        assert known.verified("66.249.66.1", BING, ALL) is None, "it is another engine's that it claims to be"
        assert known.verified("66.249.66.1", "curl/8", ALL) is None
        assert "google" == known.verified("::ffff:66.249.66.1", GOOGLE, ALL)


async def test_a_crawler_keeps_its_status_while_dns_is_asked_anew() -> None:
    """Until DNS answers otherwise, and for a day at most."""
    now = [0.0]
    async with name_server(ZONE) as (server, resolver):
        known = Crawlers(DnsResolver(resolver, seconds=0.3), clock=lambda: now[0])

        async def verified() -> bool:
            return known.verified("66.249.66.1", GOOGLE, ALL) == "google"

        async def settled() -> bool:
            return "1 known, 0 asked" in repr(known)

        await eventually(verified)
        asked = server.asked.total()
        server.silent = frozenset({"1.66.249.66.in-addr.arpa."})
        now[0] = module.VERIFIED_SECONDS + 1
        assert await verified()
        await eventually(settled)
        assert await verified()
        assert asked < server.asked.total(), "it was asked anew, in vain"
        now[0] = module.KEPT_SECONDS - 1
        assert await verified()
        await eventually(settled)
        now[0] = module.KEPT_SECONDS + 1
        assert not await verified()


async def test_one_network_cannot_take_all_questions() -> None:
    """Whose names come slowly leaves room for others."""
    resolver = Endless()
    known = Crawlers(resolver)
    for number in range(100):
        known.verified(f"203.0.113.{number}", GOOGLE, ALL)
        known.verified(f"2001:db8:0:{number:x}::1", GOOGLE, ALL)
    known.verified("66.249.66.1", GOOGLE, ALL)
    await asyncio.sleep(0)
    assert 2 * module.MOST_OF_A_NETWORK + 1 == resolver.asked
    resolver.answer.set()

    async def all_ended() -> bool:
        return "0 asked" in repr(known)

    await eventually(all_ended)


async def test_liars_push_no_crawler_out() -> None:
    """They are forgotten first."""
    async with name_server(ZONE) as (_, resolver):
        known = Crawlers(DnsResolver(resolver), most_known=3)

        async def verified() -> bool:
            return known.verified("66.249.66.1", GOOGLE, ALL) == "google"

        async def settled() -> bool:
            return "0 asked" in repr(known)

        await eventually(verified)
        for number in range(10):
            known.verified(f"203.0.{number}.2", GOOGLE, ALL)
            await eventually(settled)
        assert "3 known" in repr(known)
        assert await verified()


async def test_a_liar_is_remembered_too() -> None:
    """Until its time is over it costs no question."""
    async with name_server(ZONE) as (server, resolver):
        known = Crawlers(DnsResolver(resolver))
        known.verified("203.0.113.2", GOOGLE, ALL)

        async def is_known() -> bool:
            return "1 known, 0 asked" in repr(known)

        await eventually(is_known)
        asked = server.asked.total()
        for _ in range(10):
            assert known.verified("203.0.113.2", GOOGLE, ALL) is None
        await asyncio.sleep(0)
        assert asked == server.asked.total()


async def test_a_silent_name_server_holds_nothing_up() -> None:
    """A question ends by itself; for a while the address counts as everyone's."""
    now = [0.0]
    async with name_server(ZONE, silent=frozenset({"1.66.249.66.in-addr.arpa."})) as (server, resolver):
        known = Crawlers(DnsResolver(resolver, seconds=0.3), clock=lambda: now[0])
        assert known.verified("66.249.66.1", GOOGLE, ALL) is None

        async def is_known() -> bool:
            return "1 known, 0 asked" in repr(known)

        await eventually(is_known)
        server.silent = frozenset()
        assert known.verified("66.249.66.1", GOOGLE, ALL) is None
        assert "0 asked" in repr(known)
        now[0] = module.UNANSWERED_SECONDS + 1
        known.verified("66.249.66.1", GOOGLE, ALL)

        async def verified() -> bool:
            return known.verified("66.249.66.1", GOOGLE, ALL) == "google"

        await eventually(verified)


class Endless:
    """A resolver that does not answer until it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer = asyncio.Event()

    async def names(self, address: str) -> Collection[str]:
        """Nothing, in the end."""
        self.asked += 1
        await self.answer.wait()
        raise LookupFailedError(address)

    async def addresses(self, name: str, *, version: int) -> Collection[str]:
        """Never asked."""
        raise AssertionError(name, version)


async def test_questions_under_way_and_what_is_known_are_bounded() -> None:
    """Thousands of liars at once start a few questions, and one address no second one."""
    resolver = Endless()
    known = Crawlers(resolver, most_known=5)
    for _ in range(2):
        for number in range(1000):
            assert known.verified(f"192.{number // 250}.{number % 250}.1", GOOGLE, ALL) is None
        await asyncio.sleep(0)
    assert module.MOST_LOOKUPS == resolver.asked
    resolver.answer.set()

    async def all_ended() -> bool:
        return "5 known, 0 asked" in repr(known)

    await eventually(all_ended)
