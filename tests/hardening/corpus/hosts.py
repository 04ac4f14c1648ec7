"""Host, and the forms of a target (RFC 9110 section 7.2, RFC 9112 section 3.2)."""

from tests.hardening.verdicts import Case, Seen, get, held, passed, refused

_ONE = "RFC 9112 3.2: more or fewer than one Host is refused."
_VALID = (
    "RFC 9112 3.2: a Host that is no host name, address and port is refused: another may read it otherwise."
)
_ABSOLUTE = "Two names for one host may differ, or be read to differ: only the origin-form is taken."
_FORM = "RFC 9112 3.2: this form belongs to another method, or to none."
_SAME = "RFC 9110 7.2: a Host that means the same arrives as it was sent."


def _with(*hosts: bytes, target: bytes = b"/TOKEN") -> bytes:
    return b"\r\n".join([b"GET " + target + b" HTTP/1.1", *(b"Host: " + host for host in hosts), b"", b""])


_INVALID = {
    "empty": b"", "path": b"shop.example/x", "query": b"shop.example?x", "fragment": b"shop.example#",
    "user": b"a@shop.example",
    "user-and-password": b"held.example:80@shop.example", "two-ports": b"shop.example:80:80",
    "port-letters": b"shop.example:abc",
    "port-sign": b"shop.example:+80", "port-too-large": b"shop.example:99999", "port-alone": b":80",
    "space": b"shop example",
    "tab": b"shop.example\theld.example", "list": b"shop.example, held.example", "url": b"http://shop.example",
    "back-slash": b"shop.example\\x", "bracket-open": b"[::1", "bracket-after": b"[::1]x",
    "bracket-letters": b"[zz]",
    "bracket-empty": b"[]", "markup": b"<b>", "quote": b'"shop.example"', "raw-bytes": "shöp.example".encode(),
    "nul": b"shop.example\x00.held.example", "two-dots": b"shop..example", "dot-first": b".shop.example",
    "brace": b"{shop}",
}  # fmt: skip

CASES = [
    Case("host-none", _with(), refused(), _ONE),
    Case("host-twice-same", _with(b"shop.example", b"shop.example"), refused(), _ONE),
    Case("host-twice-other", _with(b"shop.example", b"held.example"), refused(), _ONE),
    Case("host-twice-first-held", _with(b"held.example", b"shop.example"), refused(), _ONE),
    Case("host-twice-second-empty", _with(b"shop.example", b""), refused(), _ONE),
    Case("host-twice-apart", _with(b"shop.example")[:-2] + b"X: y\r\nhOsT: shop.example\r\n\r\n", refused(),
         _ONE),
    Case("host-folded", _with(b"shop.example\r\n held.example"), refused(), "RFC 9112 5.2: folding is refused."),
    Case("host-space-before-colon", b"GET /TOKEN HTTP/1.1\r\nHost : shop.example\r\n\r\n", refused(),
         "RFC 9112 5.1."),
    Case("host-and-spaced-host", _with(b"shop.example")[:-2] + b"Host : held.example\r\n\r\n", refused(),
         "RFC 9112 5.1."),
    *(Case(f"host-{name}", _with(host), refused(), _VALID) for name, host in _INVALID.items()),
    Case("host-upper-case", _with(b"SHOP.Example"), passed(Seen(has=((b"host", b"SHOP.Example"),))), _SAME),
    Case("host-port", _with(b"shop.example:8080"), passed(Seen(has=((b"host", b"shop.example:8080"),))), _SAME),
    Case("host-final-dot", _with(b"shop.example."), passed(Seen(has=((b"host", b"shop.example."),))), _SAME),
    Case("host-address", _with(b"192.0.2.7:80"), passed(Seen(has=((b"host", b"192.0.2.7:80"),))), _SAME),
    Case("host-ipv6", _with(b"[2001:db8::1]:80"), passed(Seen(has=((b"host", b"[2001:db8::1]:80"),))), _SAME),
    Case("host-empty-port", _with(b"shop.example:"), passed() + refused(),
         "RFC 3986 3.2.3 allows it; few send it."),
    Case("host-percent", _with(b"shop%2eexample"), refused(), "Some decode it to a host of another room, some do not."),
    Case("host-forwarded", get(b"X-Forwarded-Host: held.example", b"Forwarded: host=held.example"),
         passed(Seen(has=((b"host", b"shop.example"), (b"x-forwarded-host", b"shop.example"),
                          (b"forwarded", b"for=127.0.0.1;proto=http;host=shop.example")))),
         "Only trusted proxies say where a visitor meant to go."),
    Case("target-absolute", get(target=b"http://shop.example/TOKEN"), refused(), _ABSOLUTE),
    Case("target-absolute-held", get(target=b"http://held.example/TOKEN"), refused(), _ABSOLUTE),
    Case("target-absolute-https", get(target=b"https://shop.example/TOKEN"), refused(), _ABSOLUTE),
    Case("target-absolute-upper", get(target=b"HTTP://SHOP.EXAMPLE/TOKEN"), refused(), _ABSOLUTE),
    Case("target-absolute-user", get(target=b"http://shop.example@held.example/TOKEN"), refused(), _ABSOLUTE),
    Case("target-absolute-no-path", get(b"X: TOKEN", target=b"http://shop.example"), refused(), _ABSOLUTE),
    Case("target-absolute-no-host", b"GET http://shop.example/TOKEN HTTP/1.1\r\n\r\n", refused(), _ABSOLUTE),
    Case("target-absolute-1.0", b"GET http://shop.example/TOKEN HTTP/1.0\r\n\r\n", refused(), _ABSOLUTE),
    Case("target-absolute-file", get(target=b"file:///etc/TOKEN"), refused(), _ABSOLUTE),
    Case("target-absolute-ftp", get(target=b"ftp://shop.example/TOKEN"), refused(), _ABSOLUTE),
    Case("target-authority", get(b"X: TOKEN", target=b"shop.example:80"), refused(), _FORM),
    Case("target-word", get(target=b"TOKEN"), refused(), _FORM),
    Case("target-dot", get(target=b"./TOKEN"), refused(), _FORM),
    Case("target-back-slash-first", get(target=b"\\TOKEN"), refused(), _FORM),
    Case("target-query-first", get(target=b"?TOKEN"), refused(), _FORM),
    Case("target-percent-first", get(target=b"%2fTOKEN"), refused(), _FORM),
    Case("target-star-get", get(b"X: TOKEN", target=b"*"), refused(), _FORM),
    Case("target-star-more", get(target=b"*TOKEN", method=b"OPTIONS"), refused(), _FORM),
    Case("target-star-options", get(b"X: TOKEN", target=b"*", method=b"OPTIONS"), passed(Seen(b"OPTIONS", b"*")),
         "RFC 9112 3.2.4: OPTIONS alone may ask about the server as a whole."),
    Case("target-connect", get(b"X: TOKEN", target=b"shop.example:443", method=b"CONNECT"),
         refused(400, 405, 501),
         "RFC 9110 9.3.6: a gateway opens no tunnels."),
    Case("target-connect-path", get(method=b"CONNECT"), refused(400, 405, 501), "RFC 9110 9.3.6: no tunnels."),
    Case("target-connect-body", get(b"Content-Length: 5", target=b"x:1", method=b"CONNECT") + b"TOKEN",
         refused(400, 405, 501), "RFC 9110 9.3.6: no tunnels."),
    Case("target-two-slashes", get(target=b"//held.example/TOKEN"), passed(Seen(target=b"//held.example/TOKEN")),
         "RFC 9112 3.2.1: this is a path, and stays one."),
    Case("target-url-in-path", get(target=b"/http://held.example/TOKEN"), passed(
        Seen(target=b"/http://held.example/TOKEN")), "RFC 9112 3.2.1: this is a path, and stays one."),
    Case("held-host", _with(b"held.example"), held(), "The plain case of a room that holds."),
    Case("held-host-upper-case", _with(b"HELD.Example"), held(), "RFC 9110 4.2.3: hosts have no case."),
    Case("held-host-port", _with(b"held.example:8080"), held(), "A port leads around no room."),
    Case("held-host-final-dot", _with(b"held.example."), held(), "RFC 1034 3.1: the same name."),
    Case("held-host-spaces", _with(b" \t held.example \t "), held(),
         "RFC 9112 5: white space around is no part of it."),
]  # fmt: skip
