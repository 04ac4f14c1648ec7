"""Which header fields cross the gateway."""

from __future__ import annotations

import pytest

from waitroom.proxy import TrustedProxies, end_to_end, from_origin, to_origin

Headers = list[tuple[bytes, bytes]]
OURS = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"via"}
NOBODY = TrustedProxies()
LOCAL = TrustedProxies(["127.0.0.0/8"])


def _sent(headers: Headers, trusted: TrustedProxies = NOBODY, extra: Headers | None = None) -> Headers:
    return to_origin(
        headers,
        client=("127.0.0.1", 5),
        scheme="https",
        host=b"shop.example",
        trusted=trusted,
        extra=extra or [],
    )


def _rest(headers: Headers) -> Headers:
    return [header for header in _sent(headers) if header[0] not in OURS]


@pytest.mark.parametrize(
    "name",
    [
        b"connection", b"keep-alive", b"te", b"trailer", b"upgrade", b"expect", b"http2-settings",
        b"proxy-connection", b"proxy-authorization", b"proxy-authenticate",
    ],
)  # fmt: skip
def test_hop_by_hop_fields_stay_here(name: bytes) -> None:
    """A field about one connection alone is not passed on, in either direction."""
    headers = [(b"accept", b"*/*"), (name, b"x")]
    assert _rest(headers) == [(b"accept", b"*/*")]
    assert from_origin(headers) == [(b"accept", b"*/*")]


def test_fields_named_in_connection_stay_here() -> None:
    """So is each field that Connection names, in any case and in any of several Connection fields."""
    headers = [(b"connection", b"close, X-A"), (b"x-a", b"1"), (b"x-b", b"2"), (b"connection", b"x-B")]
    assert _rest(headers) == []
    assert end_to_end(headers) == []


@pytest.mark.parametrize("name", [b"host", b"content-length", b"cookie", b"authorization"])
def test_connection_cannot_take_what_frames_or_routes(name: bytes) -> None:
    """Naming Host, Content-Length, Cookie or Authorization in Connection does not remove it."""
    assert _rest([(b"connection", name), (name, b"3")]) == [(name, b"3")]


def test_connection_cannot_take_what_we_say() -> None:
    """Nor does naming a forwarding field remove the one that we write."""
    sent = _sent([(b"connection", b"x-forwarded-for, waitroom-room")], extra=[(b"waitroom-room", b"a")])
    assert (b"x-forwarded-for", b"127.0.0.1") in sent
    assert (b"waitroom-room", b"a") in sent


def test_transfer_encoding_overrides_content_length() -> None:
    """A message with both is sent on with chunks alone."""
    headers = [(b"content-length", b"3"), (b"transfer-encoding", b"chunked")]
    assert _rest(headers) == [(b"transfer-encoding", b"chunked")]


@pytest.mark.parametrize(
    "name",
    [
        b"waitroom-room", b"waitroom-else", b"waitroom_room", b"x_forwarded_for", b"x-forwarded_for",
        b"content_length", b"transfer_encoding", b"x_real-ip", b"x-forwarded-port", b"x-real-ip",
        b"forwarded",
    ],
)  # fmt: skip
def test_a_visitor_cannot_speak_for_the_gateway(name: bytes) -> None:
    """What only a gateway may say, and its look-alikes with underscores, are not believed from a visitor."""
    assert _rest([(name, b"x"), (b"x_own", b"1")]) == [(b"x_own", b"1")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (b"a=1; b=\"2 ;c=,  ;d", b"a=1; b=\"2 ;c=,  ;d"),
        (b"waitroom_pass_drop=x", None),
        (b"waitroom_pass_drop=x; a=1", b"a=1"),
        (b"a=1; waitroom_ticket_drop=x;b = 2 ", b"a=1;b = 2 "),
        (b"a=waitroom_x; my_waitroom_x=1", b"a=waitroom_x; my_waitroom_x=1"),
        (b"a=1; =waitroom_pass_drop=x", b"a=1"),
        (b"a=1; __Host-waitroom_console=x; b=2", b"a=1; b=2"),
    ],
)  # fmt: skip
def test_only_our_cookies_are_taken_out(given: bytes, kept: bytes | None) -> None:
    """Cookies of the gateway stay here; all others pass byte for byte; an empty Cookie is not sent."""
    assert _rest([(b"cookie", given)]) == ([] if kept is None else [(b"cookie", kept)])


def test_the_visitor_is_named() -> None:
    """Address, scheme and host of the visitor are told; what a stranger claims of them is not repeated."""
    claims = [(b"x-forwarded-for", b"10.9.9.9"), (b"x-forwarded-host", b"evil"), (b"x-forwarded-proto", b"x")]
    assert _sent([(b"host", b"shop.example"), *claims], extra=[(b"waitroom-room", b"drop")]) == [
        (b"host", b"shop.example"),
        (b"x-forwarded-for", b"127.0.0.1"),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", b"shop.example"),
        (b"forwarded", b"for=127.0.0.1;proto=https;host=shop.example"),
        (b"via", b"1.1 waitroom"),
        (b"waitroom-room", b"drop"),
    ]


def test_a_trusted_proxys_chain_is_continued() -> None:
    """Our peer is appended to the X-Forwarded-For of a trusted proxy, whose other claims pass."""
    sent = _sent(
        [
            (b"x-forwarded-for", b"192.0.2.1"),
            (b"x-forwarded-for", b"10.0.0.1"),
            (b"x-forwarded-port", b"443"),
        ],
        LOCAL,
    )
    assert (b"x-forwarded-for", b"192.0.2.1, 10.0.0.1, 127.0.0.1") in sent
    assert (b"x-forwarded-port", b"443") in sent


@pytest.mark.parametrize("name", [b"x-original-url", b"x-rewrite-url", b"x_original_url", b"x-rewrite_url"])
def test_no_other_path_is_told_to_the_shop(name: bytes) -> None:
    """Also by a trusted proxy: a CDN passes on what a visitor writes there, and rooms go by the path alone."""
    for trusted in (NOBODY, LOCAL):
        assert name not in [each for each, _ in _sent([(name, b"/drop")], trusted)]


def test_a_forwarded_chain_is_continued_for_a_trusted_proxy_alone() -> None:
    """Forwarded (RFC 7239) is appended to, or begun anew where a stranger sent one."""
    claim = (b"forwarded", b'for="[2001:db8::1]"')
    ours = b"for=127.0.0.1;proto=https;host=shop.example"
    assert (b"forwarded", claim[1] + b", " + ours) in _sent([claim], LOCAL)
    assert [(b"forwarded", ours)] == [field for field in _sent([claim]) if field[0] == b"forwarded"]


@pytest.mark.parametrize(
    "header",
    [
        (b"waitroom-position", b"1"),
        (b"set-cookie", b"waitroom_pass_drop=x; Path=/"),
        (b"set-cookie", b"__Host-waitroom_console=x; Path=/; Secure"),
        (b"set-cookie", b"  waitroom_pass_drop = x"),
        (b"set-cookie", b"=waitroom_pass_drop=x"),
    ],
)
def test_the_origin_cannot_imitate_the_gateway(header: tuple[bytes, bytes]) -> None:
    """Waitroom-* fields and waitroom_* cookies of the origin do not reach the visitor."""
    others = [(b"set-cookie", b"a=waitroom_x"), (b"set-cookie", b"b=2")]
    assert from_origin([others[0], header, others[1]]) == others
