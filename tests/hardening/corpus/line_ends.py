"""Line endings, and what stands before, between and after (RFC 9112 section 2.2)."""

from tests.hardening.verdicts import HOST, SMUGGLED, Case, Seen, get, passed, post, posted, refused

_LF = "RFC 9112 2.2: a lone LF may be taken for a line's end by some and not by others, so it is refused."
_CR = "RFC 9112 2.2: a CR that no LF follows makes the message invalid."
_EMPTY = "RFC 9112 2.2: an empty line before a request is ignored; more than that may be."
_GAP = "RFC 9112 2.2: white space between the request line and the first field is refused."
_LINE = b"GET /TOKEN HTTP/1.1"

CASES = [
    Case("end-lf-only", _LINE + b"\n" + HOST + b"\n\n", refused(), _LF),
    Case("end-lf-after-request-line", _LINE + b"\n" + HOST + b"\r\n\r\n", refused(), _LF),
    Case("end-lf-after-field", _LINE + b"\r\n" + HOST + b"\nX: y\r\n\r\n", refused(), _LF),
    Case("end-lf-after-last-field", _LINE + b"\r\n" + HOST + b"\n\r\n", refused(), _LF),
    Case("end-lf-for-empty-line", _LINE + b"\r\n" + HOST + b"\r\n\n", refused(), _LF),
    Case("end-lf-lf-in-field", get(b"X: y\n\n" + SMUGGLED[:-4]), refused(), _LF),
    Case("end-lf-hides-coding", post(b"Content-Length: 5", b"X: y\nTransfer-Encoding: chunked",
         body=b"0\r\n\r\n"),
         refused(), _LF),
    Case("end-cr-only", _LINE + b"\r" + HOST + b"\r\r\r\n\r\n", refused(), _CR),
    Case("end-cr-after-request-line", _LINE + b"\r" + HOST + b"\r\n\r\n", refused(), _CR),
    Case("end-cr-in-field", get(b"X: y\rZ: w"), refused(), _CR),
    Case("end-cr-hides-coding", post(b"Content-Length: 5", b"X: y\rTransfer-Encoding: chunked",
         body=b"0\r\n\r\n"),
         refused(), _CR),
    Case("end-cr-before-crlf", _LINE + b"\r\r\n" + HOST + b"\r\n\r\n", refused(), _CR),
    Case("end-cr-before-crlf-of-field", _LINE + b"\r\n" + HOST + b"\r\r\n\r\n", refused(), _CR),
    Case("end-cr-for-empty-line", _LINE + b"\r\n" + HOST + b"\r\n\rX\r\n\r\n", refused(), _CR),
    Case("end-lf-cr", _LINE + b"\n\r" + HOST + b"\n\r\n\r\r\n\r\n", refused(), _LF),
    Case("end-nul-before-lf", _LINE + b"\r\x00\n" + HOST + b"\r\n\r\n", refused(), _CR),
    Case("end-vertical-tab", _LINE + b"\r\n" + HOST + b"\x0bX: y\r\n\r\n", refused(), _CR),
    Case("end-space-line", _LINE + b"\r\n" + HOST + b"\r\n \r\n\r\n", refused(),
         "RFC 9112 5.2: folding is refused."),
    Case("end-tab-line", _LINE + b"\r\n" + HOST + b"\r\n\t\r\n\r\n", refused(),
         "RFC 9112 5.2: folding is refused."),
    Case("end-gap-space", _LINE + b"\r\n " + HOST + b"\r\n\r\n", refused(), _GAP),
    Case("end-gap-tab", _LINE + b"\r\n\tX: y\r\n" + HOST + b"\r\n\r\n", refused(), _GAP),
    Case("end-gap-space-line", _LINE + b"\r\n \r\n" + HOST + b"\r\n\r\n", refused(), _GAP),
    Case("end-empty-line-first", b"\r\n" + get(), passed(), _EMPTY),
    Case("end-two-empty-lines-first", b"\r\n\r\n" + get(), passed() + refused(), _EMPTY),
    Case("end-many-empty-lines-first", b"\r\n" * 50_000 + get(), passed() + refused(400, 408, 414, 431), _EMPTY),
    Case("end-lf-first", b"\n" + get(), refused(), _LF),
    Case("end-cr-first", b"\r" + get(), refused(), _CR),
    Case("end-space-line-first", b" \r\n" + get(), refused(), _GAP),
    Case("end-nul-first", b"\x00" + get(), refused(), _CR),
    Case("end-byte-order-mark-first", b"\xef\xbb\xbf" + get(), refused(), "RFC 9110 9.1: a method is a token."),
    Case("end-empty-line-after-body", post(b"Content-Length: 5", body=b"hello\r\n") + get(target=b"/TOKEN/2"),
         passed(posted(), Seen(target=b"/TOKEN/2")), _EMPTY),
    Case("end-lf-after-body", post(b"Content-Length: 5", body=b"hello\n") + get(target=b"/TOKEN/2"),
         refused(after=[posted()]), _LF),
]  # fmt: skip
