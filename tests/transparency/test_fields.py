"""Header fields cross the gateway byte for byte."""

from __future__ import annotations

import pytest

from tests.transparency.shop import Premises, said, says
from tests.transparency.site import Site

pytestmark = pytest.mark.anyio

ODD = [
    (b"x-latin", "größe £5".encode("latin-1")),
    (b"x-utf-8", "größe 価格".encode()),
    (b"x-quoted", b'"a, b"; c="d\\"e"'),
    (b"x-empty", b""),
    (b"x-inner", b"a  \t b"),
    (b"x-all-tokens!#$%&'*+.^`|~0", b"1"),
    (b"x-repeated", b"one"),
    (b"x-repeated", b"two, three"),
    (b"1", b"a name of one digit"),
    (b"x-long", b"v" * 8000),
]


async def test_odd_fields_reach_the_shop(site: Site, premises: Premises) -> None:
    """Names in any case, values of any bytes above the control characters, repeated ones in order."""
    lines = [name.title() + b": " + value for name, value in ODD]
    async with premises.open(says(said(b"ok"))) as shop, site.visitor() as visitor:
        await visitor.say(site.request(b"GET /odd", *lines))
        assert 200 == (await visitor.answer()).status
    for name in {name for name, _ in ODD}:
        assert [value for known, value in ODD if known == name] == shop.calls[0].values(name)


async def test_odd_fields_reach_the_visitor(site: Site, premises: Premises) -> None:
    """The same the other way."""
    lines = [name.upper() + b":" + value for name, value in ODD]
    async with premises.open(says(said(b"ok", *lines))), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /odd"))
        answer = await visitor.answer()
    for name in {name for name, _ in ODD}:
        assert [value for known, value in ODD if known == name] == answer.values(name)


async def test_several_cookies_in_their_order(site: Site, premises: Premises) -> None:
    """Each Set-Cookie stays a field of its own, with its attributes as they are written."""
    cookies = [
        b"a=1; Path=/; Expires=Wed, 21 Oct 2065 07:28:00 GMT",
        b"b=2; HttpOnly;SameSite=None; Secure; Partitioned",
        b"a=3; Path=/other",
        b"c=",
    ]
    lines = [b"Set-Cookie: " + cookie for cookie in cookies]
    async with premises.open(says(said(b"ok", *lines))), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /cookies"))
        assert cookies == (await visitor.answer()).values(b"set-cookie")


async def test_date_and_server_are_the_shops(site: Site, premises: Premises) -> None:
    """Neither is added to, nor said by the gateway where the shop does not."""
    theirs = [b"Date: Tue, 15 Nov 1994 08:12:31 GMT", b"Server: shop/1.0 (odd)"]
    async with premises.open(says(said(b"ok", *theirs))), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /page"))
        answer = await visitor.answer()
    assert ([b"Tue, 15 Nov 1994 08:12:31 GMT"], [b"shop/1.0 (odd)"]) == (
        answer.values(b"date"),
        answer.values(b"server"),
    )
    async with premises.open(says(said(b"ok"))), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /page"))
        assert [] == (await visitor.answer()).values(b"server")


async def test_an_admitted_shopper_notices_nothing(site: Site, premises: Premises) -> None:
    """With a pass, the answer has the shop's fields and no other, but for a date where the shop tells none."""
    theirs = [b"Content-Type: text/html", b"Cache-Control: public, max-age=60", b"X-Shop: yes"]
    async with premises.open(says(said(b"<p>", *theirs))), site.visitor() as visitor:
        await visitor.say(site.request(b"GET /page"))
        answer = await visitor.answer()
    expected = [
        (b"content-type", b"text/html"),
        (b"cache-control", b"public, max-age=60"),
        (b"x-shop", b"yes"),
        (b"content-length", b"3"),
    ]
    assert expected == [field for field in answer.fields if field[0] != b"date"]
    # RFC 9110 6.6.1: who forwards an answer and has a clock adds it
    assert 1 == len(answer.values(b"date"))


async def test_an_unknown_status_passes(site: Site, premises: Premises) -> None:
    """299 and 599 are the shop's to give."""
    for status in (b"299 Odd", b"418 I'm a teapot", b"599 Very odd"):
        async with premises.open(says(said(b"?", status=status))), site.visitor() as visitor:
            await visitor.say(site.request(b"GET /status"))
            assert int(status[:3]) == (await visitor.answer()).status
