"""What a visitor may not say: fields of one connection, of proxies, of the gateway, and their disguises."""

from tests.hardening.verdicts import Case, Seen, get, passed, post, posted, refused
from tests.hardening.wire import Field

_HOP = "RFC 9110 7.6.1: fields of one connection stay on it."
_NAMED = "RFC 9110 7.6.1: a visitor cannot have taken away what frames, routes or signs a request."
_DISGUISE = "CGI reads _ as -; nginx drops such names as well."
_PROXY = "Only a trusted proxy says who a visitor is."
_OURS = "What the gateway says to the shop, nobody else says."
_COOKIES = "The gateway's cookies are its own."
_FOR: Field = (b"x-forwarded-for", b"127.0.0.1")
_VISITOR = (b"waitroom-visitor", b"waitroom_visitor")


def _named(name: str, field: bytes, *has: Field) -> Case:
    return Case(f"hop-names-{name}", get(b"Connection: close, " + field, b"Cookie: a=b",
    b"Authorization: Basic eDp5"),
                passed(Seen(has=has), closes=True), _NAMED)  # fmt: skip


def _lost(name: str, *lines: bytes) -> Case:
    lacks = tuple(line.partition(b":")[0].lower() for line in lines)
    return Case(f"hop-lost-{name}", get(*lines), passed(Seen(lacks=lacks)), _HOP)


def _disguised(name: str, line: bytes) -> Case:
    lacks = (line.partition(b":")[0].lower(),)
    return Case(f"hop-disguised-{name}", post(b"Content-Length: 5", line, body=b"hello"),
                passed(posted(lacks=lacks, has=((b"host", b"shop.example"), _FOR))), _DISGUISE)  # fmt: skip


def _cookie(name: str, sent: bytes, left: bytes) -> Case:
    seen = Seen(has=((b"cookie", left),)) if left else Seen(lacks=(b"cookie",))
    return Case(f"hop-cookie-{name}", get(b"Cookie: " + sent), passed(seen), _COOKIES)


CASES = [
    _named("host", b"Host", (b"host", b"shop.example")),
    _named("cookie", b"Cookie", (b"cookie", b"a=b")),
    _named("authorization", b"Authorization", (b"authorization", b"Basic eDp5")),
    _named("forwarded-for", b"X-Forwarded-For", _FOR),
    _named("forwarded-host", b"X-Forwarded-Host", (b"x-forwarded-host", b"shop.example")),
    _named("forwarded-proto", b"X-Forwarded-Proto", (b"x-forwarded-proto", b"http")),
    _named("room", b"Waitroom-Room", (b"waitroom-room", b"open")),
    _named("via", b"Via", (b"via", b"1.1 waitroom")),
    Case("hop-names-length", post(b"Connection: Content-Length", b"Content-Length: 5", body=b"hello"),
         passed(posted()),
         _NAMED),
    Case("hop-names-length-hides", post(b"Connection: content-length", b"Content-Length: 56",
         body=b"GET /TOKEN/smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\nxxxx"),
         passed(posted(b"GET /TOKEN/smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\nxxxx")), _NAMED),
    Case("hop-names-coding", post(b"Connection: Transfer-Encoding", b"Transfer-Encoding: chunked",
         body=b"5\r\nhello\r\n0\r\n\r\n"), passed(posted()), _NAMED),
    Case("hop-names-private", get(b"Connection: X-Private, keep-alive", b"X-Private: y"),
         passed(Seen(lacks=(b"x-private", b"connection"))), _HOP),
    Case("hop-names-private-twice", get(b"Connection: x-one", b"X-One: y", b"Connection: ,x-two ,", b"X-Two: y"),
         passed(Seen(lacks=(b"x-one", b"x-two", b"connection"))), _HOP),
    _lost("keep-alive", b"Keep-Alive: timeout=5"),
    _lost("proxy-connection", b"Proxy-Connection: keep-alive"),
    _lost("te", b"TE: trailers, deflate"),
    _lost("trailer", b"Trailer: Content-Length"),
    _lost("h2c", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
    _lost("upgrade-unknown", b"Connection: Upgrade", b"Upgrade: foo/2"),
    _lost("real-ip", b"X-Real-IP: 9.9.9.9", b"X-Forwarded-Port: 1"),
    Case("hop-forwarded", get(b"Forwarded: for=9.9.9.9"),
         passed(Seen(has=((b"forwarded", b"for=127.0.0.1;proto=http;host=shop.example"),))),
         "RFC 7239 8.1: what a stranger says of whom it speaks for is replaced."),
    Case("hop-h2c-named", get(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c",
         b"HTTP2-Settings: AAMAAABkAAQ"),
         passed(Seen(lacks=(b"upgrade", b"http2-settings", b"connection"))),
         "RFC 9110 7.8: an upgrade may be ignored."),
    Case("hop-upgrade-and-length", get(b"Connection: Upgrade", b"Upgrade: websocket",
         b"Sec-WebSocket-Version: 13",
         b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", b"Content-Length: 5") + b"hello", refused(),
         "An upgrade with a body: some read the body as the new protocol's first bytes."),
    Case("hop-upgrade-and-chunks", get(b"Connection: Upgrade", b"Upgrade: websocket",
         b"Sec-WebSocket-Version: 13",
         b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", b"Transfer-Encoding: chunked") + b"0\r\n\r\n", refused(),
         "An upgrade with a body: some read the body as the new protocol's first bytes."),
    Case("hop-upgrade-post", post(b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13",
         b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", b"Content-Length: 5", body=b"hello"), refused(),
         "RFC 6455 4.1: a handshake is a GET."),
    Case("hop-h2c-and-length", post(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c",
         b"HTTP2-Settings: AAMA",
         b"Content-Length: 5", body=b"hello"), passed(posted(lacks=(b"upgrade", b"http2-settings"))) + refused(),
         "RFC 9110 7.8: an upgrade may be ignored, the body is the request's."),
    Case("hop-forwarded-for", get(b"X-Forwarded-For: 9.9.9.9", b"x-forwarded-for: 8.8.8.8"),
         passed(Seen(has=(_FOR,))),
         _PROXY),
    Case("hop-forwarded-proto", get(b"X-Forwarded-Proto: https"),
         passed(Seen(has=((b"x-forwarded-proto", b"http"),))), _PROXY),
    Case("hop-ours", get(b"Waitroom-Room: vip", b"waitroom-visitor: me", b"Waitroom-Secret: x"),
         passed(Seen(has=((b"waitroom-room", b"open"),), lacks=(b"waitroom-secret", b"waitroom_visitor"))),
         _OURS),
    _disguised("length", b"Content_Length: 0"),
    _disguised("coding", b"Transfer_Encoding: chunked"),
    _disguised("coding-upper", b"TRANSFER_ENCODING: chunked"),
    _disguised("forwarded-for", b"X_Forwarded_For: 9.9.9.9"),
    _disguised("forwarded-for-half", b"X-Forwarded_For: 9.9.9.9"),
    _disguised("forwarded-host", b"X_Forwarded-Host: held.example"),
    _disguised("real-ip", b"X_Real_IP: 9.9.9.9"),
    _disguised("ours", b"Waitroom_Visitor: me"),
    _disguised("proxy-authorization", b"Proxy_Authorization: x"),
    _cookie("pass", b"waitroom_pass_other=x", b""),
    _cookie("between", b"a=b; waitroom_pass_other=x; c=d", b"a=b; c=d"),
    _cookie("first", b"waitroom_ticket_other=x; a=b", b"a=b"),
    _cookie("no-spaces", b"a=b;waitroom_pass_other=x;c=d", b"a=b;c=d"),
    _cookie("nameless", b"a=b; =waitroom_pass_other=x", b"a=b"),
    _cookie("in-value", b"a=waitroom_pass_other", b"a=waitroom_pass_other"),
    _cookie("odd-but-kept", b'a="b c"; d; =e; f=g=h', b'a="b c"; d; =e; f=g=h'),
]  # fmt: skip
