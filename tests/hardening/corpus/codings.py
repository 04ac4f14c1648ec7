"""Transfer-Encoding: `chunked`, once and last, and nothing else (RFC 9112 section 6.1)."""

from tests.hardening.verdicts import SMUGGLED, Case, Seen, get, passed, post, posted, refused

_KNOWN = "RFC 9112 6.1: chunked alone is known here; another coding is 501, one that is no coding at all 400."
_ONCE = "RFC 9112 6.1: chunked is applied once, and last."
_OLD = "RFC 9112 6.1: Transfer-Encoding in HTTP/1.0 is faulty framing."
_HIDDEN = "RFC 9110 5.1: what is no field name is refused, however much it looks like one."
_BODY = b"5\r\nhello\r\n0\r\n\r\n"
_UNKNOWN = {
    "twice": b"chunked, chunked", "identity": b"identity", "identity-first": b"identity, chunked",
    "identity-last": b"chunked, identity",
    "gzip": b"gzip", "gzip-first": b"gzip, chunked", "gzip-last": b"chunked, gzip",
    "deflate": b"deflate, chunked",
    "x-prefix": b"xchunked", "x-suffix": b"chunkedx", "short": b"chunk", "quoted": b'"chunked"',
    "single-quoted": b"'chunked'",
    "parameter": b"chunked;q=1", "semicolon": b"chunked;", "comma-first": b", chunked",
    "comma-last": b"chunked,", "comma": b",",
    "two-words": b"chunked chunked", "x-word": b"x chunked", "vertical-tab-first": b"\x0bchunked",
    "vertical-tab-last": b"chunked\x0b",
    "form-feed": b"\x0cchunked", "nul": b"chunked\x00", "nul-first": b"\x00chunked", "carriage": b"chunked\r",
    "delete": b"chunked\x7f",
    "no-break-space": b"\xa0chunked", "high-byte": b"chunked\xff", "kelvin": "chun\u212aed".encode(),
    "cow": b"cow",
    "colon": b": chunked", "percent": b"%63hunked", "encoded-word": b"=?utf-8?q?chunked?=", "empty": b"",
    "spaces": b"   ",
    "line-in-value": b"x\x0b\x0cchunked", "back-slash": b"chunked\\", "nested": b"(chunked)", "zero": b"0",
}  # fmt: skip
_DISGUISED = {
    "space": b"Transfer-Encoding : chunked", "tab": b"Transfer-Encoding\t: chunked",
    "space-first": b" Transfer-Encoding: chunked",
    "nul": b"Transfer-Encoding\x00: chunked", "vertical-tab": b"Transfer-Encoding\x0b: chunked",
    "inner-space": b"Transfer Encoding: chunked",
    "dash": b"Transfer\xe2\x80\x90Encoding: chunked", "no-colon": b"Transfer-Encoding chunked",
    "equals": b"Transfer-Encoding=chunked",
    "carriage": b"X: y\r\rTransfer-Encoding: chunked", "carriage-first": b"\rTransfer-Encoding: chunked",
}  # fmt: skip

CASES = [
    Case("coding-plain", post(b"Transfer-Encoding: chunked", body=_BODY), passed(posted()),
         "RFC 9112 7.1: the plain case."),
    Case("coding-capital", post(b"Transfer-Encoding: Chunked", body=_BODY), passed(posted()),
         "RFC 9112 7: no case."),
    Case("coding-upper", post(b"TRANSFER-ENCODING: CHUNKED", body=_BODY), passed(posted()),
         "RFC 9112 7: no case."),
    Case("coding-padded", post(b"Transfer-Encoding: \t chunked\t ", body=_BODY), passed(posted()) + refused(),
         "RFC 9112 5.1 allows the white space; no client sends it, and llhttp does not take it."),
    Case("coding-no-space", post(b"Transfer-Encoding:chunked", body=_BODY), passed(posted()), "RFC 9112 5.1."),
    Case("coding-of-get", get(b"Transfer-Encoding: chunked") + _BODY, passed(Seen(body=b"hello")), "RFC 9112 6."),
    Case("coding-empty-body", post(b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"), passed(posted(b"")),
         "RFC 9112 7.1."),
    *(
        Case(f"coding-{name}", post(b"Transfer-Encoding: " + coding, body=_BODY), refused(400, 501), _KNOWN)
        for name, coding in _UNKNOWN.items()
    ),
    *(
        Case(f"coding-disguised-{name}", post(b"Content-Length: 5", line, body=b"0\r\n\r\n"), refused(), _HIDDEN)
        for name, line in _DISGUISED.items()
    ),
    Case("coding-two-lines", post(*[b"Transfer-Encoding: chunked"] * 2, body=_BODY), refused(400, 501), _ONCE),
    Case("coding-two-lines-gzip", post(b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked", body=_BODY),
         refused(400, 501), _KNOWN),
    Case("coding-two-lines-identity", post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity",
         body=_BODY),
         refused(400, 501), _KNOWN),
    Case("coding-two-lines-empty", post(b"Transfer-Encoding:", b"Transfer-Encoding: chunked", body=_BODY),
         refused(400, 501), _ONCE),
    Case("coding-two-lines-cow", post(b"Transfer-Encoding: chunked", b"Transfer-encoding: cow",
         body=_BODY + SMUGGLED),
         refused(400, 501), _KNOWN),
    Case("coding-1.0", post(b"Transfer-Encoding: chunked", body=_BODY, version=b"HTTP/1.0"), refused(400, 501),
         _OLD),
    Case("coding-1.0-kept-alive", post(b"Transfer-Encoding: chunked", b"Connection: keep-alive",
         body=_BODY + SMUGGLED,
         version=b"HTTP/1.0"), refused(400, 501), _OLD),
    Case("coding-1.0-and-length", post(b"Transfer-Encoding: chunked", b"Content-Length: 15", body=_BODY,
         version=b"HTTP/1.0"), refused(400, 501), _OLD),
    Case("coding-identity-get", get(b"Transfer-Encoding: identity"), refused(400, 501), _KNOWN),
]  # fmt: skip
