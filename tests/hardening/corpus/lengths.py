"""Content-Length, alone and beside Transfer-Encoding (RFC 9112 section 6)."""

from tests.hardening.verdicts import SMUGGLED, Case, Seen, get, passed, post, posted, refused

_BOTH = "RFC 9112 6.3: Content-Length beside Transfer-Encoding may be a smuggled request; the issue wants it refused."
_MANY = "RFC 9112 6.3: a message has one length; even several that agree are refused, as in nginx."
_ODD = "RFC 9110 8.6: a length is digits and nothing else."
_HUGE = "RFC 9110 8.6: a length that overflows is no length."
_CHUNKED = b"Transfer-Encoding: chunked"
_END = b"0\r\n\r\n"
_ODD_LENGTHS = {
    "plus": b"+5", "minus": b"-5", "minus-zero": b"-0", "hex": b"0x5", "hex-letter": b"a", "fraction": b"5.0",
    "exponent": b"5e0",
    "underscore": b"0_5", "word": b"five", "two-words": b"5 5", "semicolon": b"5;", "quoted": b'"5"',
    "vertical-tab": b"5\x0b",
    "vertical-tab-first": b"\x0b5", "form-feed": b"5\x0c", "nul": b"5\x00", "carriage": b"5\r",
    "no-break-space": b"5\xa0",
    "arabic-digit": b"\xd9\xa5", "superscript": b"\xe2\x81\xb5", "latin-superscript": b"\xb2", "percent": b"%35",
    "letters-after": b"5a",
    "brackets": b"(5)", "chunked": b"chunked",
}  # fmt: skip

CASES = [
    Case("length-plain", post(b"Content-Length: 5", body=b"hello"), passed(posted()),
         "RFC 9112 6.3: the plain case."),
    Case("length-zero", post(b"Content-Length: 0"), passed(posted(b"")), "RFC 9112 6.3."),
    Case("length-none", post(), passed(posted(b"")), "RFC 9112 6.3: without a length there is no body."),
    Case("length-padded", post(b"Content-Length: \t 5 \t ", body=b"hello"), passed(posted()), "RFC 9112 5.1."),
    Case("length-leading-zeros", post(b"Content-Length: 0005", body=b"hello"), passed(posted()) + refused(),
         "RFC 9110 8.6: digits are digits; to some, a zero in front means octal."),
    Case("length-of-get", get(b"Content-Length: 5") + b"hello", passed(Seen(body=b"hello")), "RFC 9110 9.3.1."),
    Case("length-of-head", get(b"Content-Length: 5", method=b"HEAD") + b"hello",
         passed(Seen(b"HEAD", body=b"hello")),
         "RFC 9110 9.3.2."),
    Case("length-of-delete", get(b"Content-Length: 5", method=b"DELETE") + b"hello",
         passed(Seen(b"DELETE", body=b"hello")), "RFC 9110 9.3.5."),
    Case("length-hides-request", get(b"Content-Length: %d" % len(SMUGGLED)) + SMUGGLED,
         passed(Seen(body=SMUGGLED)),
         "RFC 9112 6.3: a body is a body, whatever it looks like."),
    Case("length-hides-request-of-post", post(b"Content-Length: %d" % len(SMUGGLED), body=SMUGGLED),
         passed(posted(SMUGGLED)), "RFC 9112 6.3: a body is a body, whatever it looks like."),
    *(
        Case(f"length-{name}", post(b"Content-Length: " + length, body=b"hello"), refused(), _ODD)
        for name, length in _ODD_LENGTHS.items()
    ),
    Case("length-empty", post(b"Content-Length:"), refused(), _ODD),
    Case("length-spaces", post(b"Content-Length:   "), refused(), _ODD),
    Case("length-empty-then-5", post(b"Content-Length:", b"Content-Length: 5", body=b"hello"), refused(), _MANY),
    Case("length-2-to-63", post(b"Content-Length: 9223372036854775808", body=b"hello"), refused(400, 413), _HUGE),
    Case("length-wraps-to-5", post(b"Content-Length: 18446744073709551621", body=b"hello"), refused(400, 413),
         _HUGE),
    Case("length-hundred-digits", post(b"Content-Length: " + b"9" * 100, body=b"hello"), refused(400, 413),
         _HUGE),
    Case("length-5000-digits", post(b"Content-Length: " + b"9" * 5000, body=b"hello"), refused(400, 413), _HUGE),
    Case("length-twice-same", post(b"Content-Length: 5", b"Content-Length: 5", body=b"hello"), refused(), _MANY),
    Case("length-twice-other", post(b"Content-Length: 5", b"Content-Length: 6", body=b"hello!"), refused(),
         _MANY),
    Case("length-twice-zero-first", post(b"Content-Length: 0", b"Content-Length: 5", body=b"hello"), refused(),
         _MANY),
    Case("length-twice-apart", post(b"Content-Length: 5", b"X: y", b"content-length: 5", body=b"hello"),
         refused(), _MANY),
    Case("length-list-same", post(b"Content-Length: 5, 5", body=b"hello"), refused(), _MANY),
    Case("length-list-other", post(b"Content-Length: 5, 6", body=b"hello!"), refused(), _MANY),
    Case("length-list-comma-last", post(b"Content-Length: 5,", body=b"hello"), refused(), _MANY),
    Case("length-list-comma-first", post(b"Content-Length: ,5", body=b"hello"), refused(), _MANY),
    Case("length-space-before-colon", post(b"Content-Length : 5", body=b"hello"), refused(), "RFC 9112 5.1."),
    Case("length-tab-before-colon", post(b"Content-Length\t: 5", body=b"hello"), refused(), "RFC 9112 5.1."),
    Case("length-nul-in-name", post(b"Content-Length\x00: 5", body=b"hello"), refused(), "RFC 9110 5.1."),
    Case("length-and-spaced-length", post(b"Content-Length: 5", b"Content-Length : 6", body=b"hello!"),
         refused(), _MANY),
    Case("length-then-chunked", post(b"Content-Length: 5", _CHUNKED, body=_END), refused(), _BOTH),
    Case("length-after-chunked", post(_CHUNKED, b"Content-Length: 5", body=_END), refused(), _BOTH),
    Case("length-zero-and-chunked", post(b"Content-Length: 0", _CHUNKED, body=_END), refused(), _BOTH),
    Case("length-and-chunked-smuggle", post(b"Content-Length: 4", _CHUNKED, body=_END + SMUGGLED), refused(),
         _BOTH),
    Case("length-and-chunked-hidden", post(b"Content-Length: %d" % (5 + len(SMUGGLED)), _CHUNKED,
         body=_END + SMUGGLED),
         refused(), _BOTH),
    Case("length-and-chunked-get", get(b"Content-Length: 5", _CHUNKED) + _END, refused(), _BOTH),
    Case("length-and-chunked-upper", post(b"CONTENT-LENGTH: 5", b"TRANSFER-ENCODING: CHUNKED", body=_END),
         refused(), _BOTH),
    Case("length-and-chunked-named", post(b"Connection: Content-Length", b"Content-Length: 5", _CHUNKED,
         body=_END),
         refused(), _BOTH),
    Case("length-and-identity", post(b"Content-Length: 5", b"Transfer-Encoding: identity", body=b"hello"),
         refused(400, 501), _BOTH),
    Case("length-and-empty-coding", post(b"Content-Length: 5", b"Transfer-Encoding:", body=b"hello"),
         refused(400, 501), _BOTH),
    Case("length-and-unknown-coding", post(b"Content-Length: 5", b"Transfer-Encoding: xchunked", body=b"hello"),
         refused(400, 501), _BOTH),
    Case("length-odd-and-chunked", post(b"Content-Length: x", _CHUNKED, body=_END), refused(), _BOTH),
    Case("length-too-short", post(b"Content-Length: 5", body=b"hello12345\r\n\r\n"), refused(after=[posted()]),
         "RFC 9112 6.3: what follows the body is the next request, and this is none."),
]  # fmt: skip
