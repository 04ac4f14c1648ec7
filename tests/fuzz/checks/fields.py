"""Which fields cross the gateway: nothing of ours leaves, nothing of anybody's changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import h11

from tests.hardening.wire import read_request
from waitroom.gate import cookies
from waitroom.proxy import TrustedProxies
from waitroom.proxy.fields import Fields, Header
from waitroom.proxy.headers import HOP_BY_HOP, announced_trailers, end_to_end, from_origin, to_origin
from waitroom.proxy.request import Framing, Request
from waitroom.serving.http1.head import Head

CLIENTS: Final = (("192.0.2.9", 4711), ("10.1.2.3", 4711), None)
"""A visitor, a trusted proxy, and a peer on a unix socket, trusted as well."""
TRUSTED: Final = TrustedProxies(["10.0.0.0/8", "unix"])
OURS_BELOW: Final = ((b"waitroom-room", b"drop"), (b"waitroom-visitor", b"k3v9"))
"""What the gateway itself adds for the origin."""

_FRAMING: Final = {b"content-length", b"transfer-encoding"}
_BREAKS: Final = (b"\r", b"\n", b"\0")
_UNTOUCHABLE: Final = {b"content-length", b"cookie", b"host", b"authorization", b"set-cookie"}
_TOLD: Final = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded"}
_BY_PROXIES: Final = {b"forwarded", b"x-real-ip", b"x-original-host"}
_OTHER_PATHS: Final = {b"x-original-url", b"x-rewrite-url"}
_COOKIE_NAMES: Final = (cookies.ticket_cookie("drop"), cookies.pass_cookie("drop"))


def check_to_origin(head: Head, client: tuple[str, int] | None) -> None:
    """What the origin is told of an accepted request: strict readers find that request, and nothing of ours."""
    headers = head.block.headers
    sent = filtered(headers, client)
    assert sent == filtered(Fields(headers), client)
    check_passed(headers, sent, believed=TRUSTED.believes(client))
    if head.block.host is None:
        return  # the gate refuses it: only its own addresses are served without a Host
    scope = {"method": head.method, "waitroom.target": head.target}
    request = Request.build(scope, [*sent, *OURS_BELOW])
    expected = {-1: Framing.CHUNKED, 0: Framing.NONE}.get(head.block.length, Framing.LENGTH)
    assert expected == request.framing
    assert (head.method == "HEAD") == request.to_head
    _check_on_the_wire(head, request, [*sent, *OURS_BELOW])


def filtered(headers: Sequence[Header], client: tuple[str, int] | None) -> list[Header]:
    """The fields for the origin, as the gate asks for them."""
    visitor = TRUSTED.visitor(client, headers)
    return to_origin(headers, client=client, scheme=visitor.scheme, host=visitor.host, trusted=TRUSTED)


def check_passed(headers: Sequence[Header], sent: Sequence[Header], *, believed: bool) -> None:
    """By the manual, written here anew: which fields pass, in their order and byte for byte."""
    named = {
        option.strip().lower()
        for name, value in headers
        if name == b"connection"
        for option in value.split(b",")
    } - _UNTOUCHABLE
    chunked = any(name == b"transfer-encoding" for name, _ in headers)
    expected = []
    for name, value in headers:
        plain = name.replace(b"_", b"-")
        if name in HOP_BY_HOP or name in named or plain.startswith(b"waitroom-") or name in _TOLD:
            continue
        if plain in _OTHER_PATHS:
            continue
        if name == b"content-length" and chunked:
            continue
        said_by_proxy = plain.startswith(b"x-forwarded-") or plain in _BY_PROXIES
        if name != plain and (said_by_proxy or plain in HOP_BY_HOP | _UNTOUCHABLE):
            continue
        if said_by_proxy and not believed:
            continue
        if name != b"cookie":
            expected.append((name, value))
        elif jar := _others(value):
            expected.append((name, jar))
    expected += [(b"transfer-encoding", b"chunked")] * chunked
    assert expected == [header for header in sent if header[0] not in _TOLD][:-1]
    assert sent[-1] == (b"via", b"1.1 waitroom")
    said = [name for name, _ in sent if name in _TOLD]
    assert len(said) == len(set(said))
    assert believed or b"," not in dict(sent)[b"forwarded"]
    jars = [value for name, value in sent if name == b"cookie"]
    assert [[], []] == [cookies.read(jars, name) for name in _COOKIE_NAMES]


def check_raw(headers: list[Header]) -> None:
    """Of fields that no server would let in: still no line break leaves, and no error but ``ValueError``."""
    for client in CLIENTS:
        sent = filtered(headers, client)
        try:
            request = Request.build({"method": "GET", "waitroom.target": b"/"}, [*sent, *OURS_BELOW])
        except ValueError:
            assert any(mark in part for header in headers for part in header for mark in _BREAKS)
            continue
        assert request.head.count(b"\n") == request.head.count(b"\r") == len(sent) + len(OURS_BELOW) + 2
        assert b"\0" not in request.head
    for theirs in (end_to_end(headers), from_origin(headers)):
        assert [header for header in headers if header in theirs] == theirs
        assert HOP_BY_HOP.isdisjoint(name for name, _ in theirs)
    assert end_to_end(end_to_end(headers)) == end_to_end(headers)
    check_from_origin([header for header in headers if not any(mark in b"".join(header) for mark in _BREAKS)])


def check_from_origin(headers: list[Header]) -> None:
    """Nothing of the origin's can be taken for the gateway's by a browser, and all else passes."""
    theirs = from_origin(headers)
    assert from_origin(theirs) == theirs
    assert not [name for name, _ in theirs if name.startswith(b"waitroom-")]
    jars = [_as_browsers_send(value) for name, value in theirs if name == b"set-cookie"]
    assert [[], []] == [cookies.read(jars, name) for name in _COOKIE_NAMES]
    trailers = announced_trailers(headers)
    assert trailers.isdisjoint(HOP_BY_HOP | _UNTOUCHABLE)
    assert not [name for name in trailers if name.replace(b"_", b"-").startswith(b"waitroom-")]
    for header in end_to_end(headers):
        is_ours = header[0].startswith(b"waitroom-") or header[0] == b"set-cookie"
        assert is_ours or header in theirs
        if header[0] == b"set-cookie" and b"waitroom_" not in header[1]:
            assert header in theirs


def _check_on_the_wire(head: Head, request: Request, sent: list[Header]) -> None:
    reader = h11.Connection(h11.SERVER, max_incomplete_event_size=1_000_000)
    reader.receive_data(request.head)
    event = reader.next_event()
    assert isinstance(event, h11.Request)
    assert (head.method.encode(), head.target) == (event.method, event.target)
    # what is left of a Cookie may end with a space
    assert list(event.headers) == [(name, value.strip(b" \t")) for name, value in sent]
    framing = [header for header in sent if header[0] in _FRAMING]
    assert len(framing) <= 1
    if not framing:
        message, rest = read_request(request.head)
        assert message.fields == tuple(event.headers)
        assert rest == b""


def _others(jar: bytes) -> bytes:
    """A Cookie value without pairs that a lenient reader could take for the gateway's."""
    if b"waitroom_" not in jar:
        return jar
    return b";".join(
        pair for pair in jar.split(b";") if not pair.strip(b" \t=").startswith(b"waitroom_")
    ).lstrip(b" \t")


def _as_browsers_send(set_cookie: bytes) -> bytes:
    """The pair that comes back for a ``Set-Cookie`` (RFC 6265bis section 5.6)."""
    pair = set_cookie.partition(b";")[0]
    name, equals, value = pair.partition(b"=")
    if not equals:
        name, value = b"", pair
    name, value = name.strip(b" \t"), value.strip(b" \t")
    return name + b"=" + value if name else value
