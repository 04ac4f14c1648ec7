"""Field lines: names, colons, values, folding (RFC 9110 section 5, RFC 9112 section 5)."""

from tests.hardening.verdicts import HOST, Case, Seen, get, passed, post, refused

_FOLD = "RFC 9112 5.2: obsolete folding is refused."
_COLON = "RFC 9112 5.1: no white space between the name and the colon."
_NAME = "RFC 9110 5.1: a name is a token of at least one character."
_VALUE = "RFC 9110 5.5: a value with CR, LF, NUL or another control in it is refused."
_KEPT = "RFC 9110 5.5: this is a value like any other; not a byte of it changes."
_MARKS = {
    "space": b" ", "tab": b"\t", "quote": b'"', "open": b"(", "close": b")", "comma": b",", "slash": b"/",
    "semicolon": b";",
    "less": b"<", "equals": b"=", "greater": b">", "question": b"?", "at": b"@", "square-open": b"[",
    "back-slash": b"\\",
    "square-close": b"]", "brace-open": b"{", "brace-close": b"}", "delete": b"\x7f", "high-byte": b"\xe9",
    "nul": b"\x00",
    "bell": b"\x07", "vertical-tab": b"\x0b", "escape": b"\x1b", "no-break-space": b"\xa0",
}  # fmt: skip


def _keeps(name: str, sent: bytes, value: bytes) -> Case:
    return Case(f"field-{name}", get(b"X-Kept:" + sent), passed(Seen(has=((b"x-kept", value),))), _KEPT)


CASES = [
    *(Case(f"field-name-with-{name}", get(b"X-a" + mark + b"b: c"), refused(), _NAME) for name,
    mark in _MARKS.items()),
    *(
        Case(f"field-value-control-{code:02x}", get(b"X: a" + bytes([code]) + b"b"), refused(), _VALUE)
        for code in (0x00, 0x01, 0x07, 0x08, 0x0B, 0x0C, 0x0E, 0x1B, 0x1F, 0x7F)
    ),
    Case("field-no-name", get(b": value"), refused(), _NAME),
    Case("field-colon-alone", get(b":"), refused(), _NAME),
    Case("field-colon-first", get(b":X: y"), refused(), _NAME),
    Case("field-no-colon", get(b"Xvalue"), refused(), _NAME),
    Case("field-no-colon-last", get(b"X: y", b"junk"), refused(), _NAME),
    Case("field-space-before-colon", get(b"X : y"), refused(), _COLON),
    Case("field-tab-before-colon", get(b"X\t: y"), refused(), _COLON),
    Case("field-vertical-tab-before-colon", get(b"X\x0b: y"), refused(), _COLON),
    Case("field-carriage-before-colon", get(b"X\r: y"), refused(), _COLON),
    Case("field-folded", get(b"X: a", b" b"), refused(), _FOLD),
    Case("field-folded-tab", get(b"X: a", b"\tb"), refused(), _FOLD),
    Case("field-folded-at-once", get(b"X:", b" b"), refused(), _FOLD),
    Case("field-folded-twice", get(b"X: a", b" b", b" c"), refused(), _FOLD),
    Case("field-folded-empty", get(b"X: a", b" "), refused(), _FOLD),
    Case("field-folded-last", get(b"X: a", b" Y: z"), refused(), _FOLD),
    Case("field-folded-length", post(b"Content-Length:", b" 5", body=b"hello"), refused(), _FOLD),
    Case("field-folded-coding", post(b"Transfer-Encoding:", b" chunked", body=b"0\r\n\r\n"), refused(), _FOLD),
    Case("field-folded-hides-coding", post(b"Content-Length: 5", b"X: y", b" Transfer-Encoding: chunked",
         body=b"hello"),
         refused(), _FOLD),
    Case("field-line-of-body", post(b"hello", b"Content-Length: 0"), refused(), _NAME),
    Case("field-second-request-line", get(b"GET /TOKEN/2 HTTP/1.1", b"X: y"), refused(), _NAME),
    _keeps("value-empty", b"", b""),
    _keeps("value-spaces-only", b"   ", b""),
    _keeps("value-trimmed", b" \t a b \t ", b"a b"),
    _keeps("value-no-space", b"a", b"a"),
    _keeps("value-tab-inside", b" a\tb", b"a\tb"),
    _keeps("value-colons", b" a: b: c", b"a: b: c"),
    _keeps("value-high-bytes", b" \x80\xe9\xff", b"\x80\xe9\xff"),
    _keeps("value-utf8-separators", b" a\xe2\x80\xa8b\xc2\x85c", b"a\xe2\x80\xa8b\xc2\x85c"),
    _keeps("value-encoded-line-break", b" a%0d%0aSet-Cookie: b", b"a%0d%0aSet-Cookie: b"),
    _keeps("value-escaped-line-break", b" a\\r\\nb", b"a\\r\\nb"),
    Case("field-names-of-all-marks", get(b"!#$%&'*+-.^`|~0Az: y"),
         passed(Seen(has=((b"!#$%&'*+-.^`|~0az", b"y"),))),
         "RFC 9110 5.6.2: all of these are of a token."),
    Case("field-twice-in-order", get(b"X-Two: a", b"Y: z", b"x-two: b"),
         passed(Seen(has=((b"x-two", b"a"), (b"x-two", b"b")))),
         "RFC 9110 5.3: the order of one field's lines counts."),
    Case("field-end-of-head-only", b"GET /TOKEN HTTP/1.1\r\n\r\n" + HOST + b"\r\n\r\n", refused(),
         "RFC 9112 3.2: what comes after the empty line is no Host."),
]  # fmt: skip
