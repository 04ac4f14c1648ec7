"""Nothing that a visitor writes into a request is turned against another."""

from __future__ import annotations

import re

import pytest

from tests.contract.harness import Gateway
from tests.hardening.wire import Message
from tests.transparency.conftest import Launch
from tests.transparency.shop import Premises, said, says
from tests.transparency.visitor import visitor

pytestmark = pytest.mark.anyio

PAGE = b"Accept: text/html\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
PROXY = "127.0.0.2"
"""The one address that the gateway trusts."""


@pytest.fixture(scope="module")
def held(launch_once: Launch) -> Gateway:
    """A gateway that holds everybody, on every host."""
    return launch_once(rooms=[{"name": "held", "mode": "pause"}])


async def _ask(gateway: Gateway, raw: bytes, *, address: str | None = None) -> Message:
    async with visitor(gateway.port, address=address) as one:
        await one.say(raw)
        return await one.answer()


ELSEWHERE = [
    b"//evil.example/x",
    b"///evil.example",
    b"/\\evil.example",
    b"/\\/evil.example",
    b"//evil.example:80@shop.example/",
    b"//%65vil.example",
    b"/%5cevil.example",
    b"/.//evil.example",
    b"/..//evil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
async def test_no_redirect_leads_to_another_site(held: Gateway, target: bytes) -> None:
    """Who is asked to come again is sent to this host, whatever the target looks like."""
    cross = b"Sec-Fetch-Site: cross-site\r\nOrigin: https://evil.example\r\nContent-Length: 0\r\n\r\n"
    answer = await _ask(held, b"POST " + target + b" HTTP/1.1\r\nHost: shop.example\r\n" + PAGE + cross)
    assert 200 == answer.status
    assert [] == answer.values(b"location")
    (action,) = re.findall(rb'<form[^>]* action="([^"]*)"', answer.body)
    assert action.startswith(b"/")
    assert action[1:2] not in (b"/", b"\\")


@pytest.mark.parametrize(
    "target", [*ELSEWHERE, b"https://evil.example/", b"javascript:alert(1)", b"\r\nX: y"]
)
async def test_no_page_links_to_another_site(held: Gateway, target: bytes) -> None:
    """Who leaves is shown the way back to this host alone."""
    line = await _ask(held, b"GET / HTTP/1.1\r\nHost: shop.example\r\nAccept: application/json\r\n\r\n")
    (room,), (ticket,) = line.values(b"waitroom-room"), line.values(b"waitroom-ticket")
    body = b"target=" + b"".join(b"%%%02x" % byte for byte in target)
    head = (
        b"POST /__waitroom/"
        + room
        + b"/leave HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: same-origin\r\n"
    )
    framing = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n" % len(body)
    answer = await _ask(
        held, head + PAGE + b"Waitroom-Ticket: " + ticket + b"\r\n" + framing + b"\r\n" + body
    )
    assert 200 == answer.status
    assert [] == answer.values(b"x")
    for attribute in (b'href="', b'action="', b'value="'):
        for link in answer.body.split(attribute)[1:]:
            where = link.partition(b'"')[0]
            assert not where.startswith((b"//", b"/\\", b"http", b"javascript")), where


@pytest.mark.parametrize(
    "target",
    [b'/"><script>alert(1)</script>', b"/'onload='x", b"/%0d%0aX-Evil:%20y", b"/?a=</title><img>&lt;"],
)
async def test_a_target_is_no_markup_and_no_header(held: Gateway, target: bytes) -> None:
    """On the waiting page it is text; in a header it stays encoded."""
    answer = await _ask(held, b"GET " + target + b" HTTP/1.1\r\nHost: shop.example\r\n" + PAGE + b"\r\n")
    assert 503 == answer.status
    assert [] == answer.values(b"x-evil")
    for markup in (b"<script>alert", b"'onload=", b"\r\nX-Evil", b"<img>"):
        assert markup not in answer.body


@pytest.mark.parametrize("host", [b"evil.example", b"evil.example:8080", b"EVIL.example", b"[2001:db8::1]"])
async def test_a_host_is_not_repeated(held: Gateway, host: bytes) -> None:
    """Neither Host nor what a trusted proxy says of it stands in a page, a header or a cookie of the gateway's."""
    told = b"X-Forwarded-Host: told.example\r\nForwarded: host=told.example\r\n"
    for raw in (b"GET /", b"POST /", b"GET /__waitroom/nobody/status", b"GET /__waitroom/health/live"):
        request = raw + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + PAGE + told + b"\r\n"
        answer = await _ask(held, request, address=PROXY)
        everything = b"\n".join([value for _, value in answer.fields] + [answer.body]).lower()
        assert host.partition(b":")[0].lower() not in everything or host.startswith(b"[")
        assert b"2001:db8" not in everything
        assert b"told.example" not in everything
        assert all(b"domain=" not in cookie.lower() for cookie in answer.values(b"set-cookie"))


@pytest.mark.parametrize(
    "target",
    [
        b"/__waitroom/held%0d%0aX-Evil:%20y/status",
        b"/__waitroom/%3Cscript%3E/line",
        b"/__waitroom/static/../../pyproject.toml",
        b"/__waitroom/static/%2e%2e/%2e%2e/etc/passwd",
        b"/__waitroom/static//etc/passwd",
        b"/__waitroom/static/%00",
        b"/__waitroom//status",
        b"/__waitroom/held0/status/../../x",
        b"/__waitroom/",
    ],
)
async def test_there_is_nothing_else_under_the_gateways_addresses(held: Gateway, target: bytes) -> None:
    """A made-up room or file is 404 (or no request at all), and is not repeated."""
    answer = await _ask(held, b"GET " + target + b" HTTP/1.1\r\nHost: shop.example\r\n\r\n")
    assert answer.status in (400, 404)
    assert [] == answer.values(b"x-evil")
    assert b"script" not in answer.body
    assert b"root:" not in answer.body


@pytest.mark.parametrize(
    "name",
    [
        b"Waitroom-Visitor", b"waitroom_visitor", b"Waitroom-Room", b"WAITROOM_ROOM", b"X-Forwarded-Host",
        b"X_Forwarded_For", b"Forwarded", b"X-Real-IP", b"Content_Length", b"Transfer_Encoding",
    ],
)  # fmt: skip
async def test_a_visitor_does_not_speak_for_the_gateway(
    held: Gateway, premises: Premises, name: bytes
) -> None:
    """What only the gateway or a proxy may say does not reach the shop from anybody else, in no spelling."""
    preflight = b"Origin: https://a.example\r\nAccess-Control-Request-Method: GET\r\n"
    async with premises.open(says(said(b"ok"))) as shop:
        raw = b"OPTIONS / HTTP/1.1\r\nHost: shop.example\r\n" + preflight + name + b": 6666\r\n\r\n"
        assert 200 == (await _ask(held, raw)).status
    assert b"6666" not in shop.calls[0].head
