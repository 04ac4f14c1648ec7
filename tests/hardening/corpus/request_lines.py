"""The request line: method, spaces, target (RFC 9112 section 3)."""

from tests.hardening.verdicts import HOST, Case, Seen, get, passed, refused

_REST = b"\r\n" + HOST + b"\r\n\r\n"


def _line(line: bytes) -> bytes:
    return line + _REST


_SPACES = (
    "RFC 9112 3: exactly one space on either side of the target; what is lenient here splits lines otherwise."
)
_METHOD = "RFC 9110 9.1: a method is a token, case-sensitive; what we do not know is not passed on."
_TARGET = "RFC 9112 3.2: a target has no space, control or byte above 127 in it; it is refused, never mended."

CASES = [
    Case("line-plain", get(), passed(), "RFC 9112 3: the plain case, against which the others are read."),
    Case("line-spaces-before-target", _line(b"GET  /TOKEN HTTP/1.1"), refused(), _SPACES),
    Case("line-spaces-before-version", _line(b"GET /TOKEN  HTTP/1.1"), refused(), _SPACES),
    Case("line-space-at-end", _line(b"GET /TOKEN HTTP/1.1 "), refused(), _SPACES),
    Case("line-tab-at-end", _line(b"GET /TOKEN HTTP/1.1\t"), refused(), _SPACES),
    Case("line-space-in-front", _line(b" GET /TOKEN HTTP/1.1"), refused(), _SPACES),
    Case("line-tab-in-front", _line(b"\tGET /TOKEN HTTP/1.1"), refused(), _SPACES),
    Case("line-tab-before-target", _line(b"GET\t/TOKEN HTTP/1.1"), refused(), _SPACES),
    Case("line-tab-before-version", _line(b"GET /TOKEN\tHTTP/1.1"), refused(), _SPACES),
    Case("line-vertical-tab", _line(b"GET\x0b/TOKEN HTTP/1.1"), refused(), _SPACES),
    Case("line-form-feed", _line(b"GET /TOKEN\x0cHTTP/1.1"), refused(), _SPACES),
    Case("line-no-break-space", _line(b"GET\xa0/TOKEN HTTP/1.1"), refused(), _SPACES),
    Case("line-four-words", _line(b"GET /TOKEN x HTTP/1.1"), refused(), _TARGET),
    Case("line-two-versions", _line(b"GET /TOKEN HTTP/1.1 HTTP/1.1"), refused(), _TARGET),
    Case("line-no-method", _line(b" /TOKEN HTTP/1.1"), refused(), _METHOD),
    Case("line-no-target", _line(b"GET HTTP/1.1") + b"TOKEN", refused(), _TARGET),
    Case("line-empty-target", _line(b"GET  HTTP/1.1") + b"TOKEN", refused(), _TARGET),
    Case("line-method-alone", _line(b"GET"), refused(), _TARGET),
    Case("line-method-lower-case", get(method=b"get"), refused(405, 501, 400), _METHOD),
    Case("line-method-mixed-case", get(method=b"Get"), refused(405, 501, 400), _METHOD),
    Case("line-method-bracket", get(method=b"GE(T"), refused(), _METHOD),
    Case("line-method-colon", get(method=b"GET:"), refused(), _METHOD),
    Case("line-method-comma", get(method=b"GET,POST"), refused(), _METHOD),
    Case("line-method-nul", get(method=b"GET\x00"), refused(), _METHOD),
    Case("line-method-high-byte", get(method=b"G\xc9T"), refused(), _METHOD),
    Case("line-method-escape", get(method=b"\x1bGET"), refused(), _METHOD),
    Case("line-method-unfinished", get(method=b"GE\r\nT"), refused(), _METHOD),
    Case("line-method-long", get(method=b"A" * 3000), refused(400, 405, 414, 431, 501), _METHOD),
    Case("line-fragment", get(target=b"/TOKEN#part"), refused(), "RFC 9112 3.2: a target has no fragment."),
    Case("line-fragment-in-query", get(target=b"/TOKEN?a#b"), refused(),
         "RFC 9112 3.2: a target has no fragment."),
    Case("line-junk-first", b"\x80\x81\x82\r\n" + get(), refused(), _METHOD),
    Case("line-junk-word-first", b"junk\r\n\r\n" + get(), refused(), _METHOD),
    Case("line-field-first", HOST + b"\r\n" + get(), refused(), _METHOD),
    Case("line-quotes-passed", get(target=b"/TOKEN?q='a'&b=(c)!$*;,@"), passed(
        Seen(target=b"/TOKEN?q='a'&b=(c)!$*;,@")), "RFC 3986 2.2: these stand for themselves."),
    Case("line-browser-marks-passed", get(target=b'/TOKEN?q={a|b}^`[]\\"<>'), passed(
        Seen(target=b'/TOKEN?q={a|b}^`[]\\"<>')), "Browsers send these as they are in a query; no byte is changed."),
    *(
        Case(f"line-target-control-{code:02x}", get(target=b"/TOKEN" + bytes([code]) + b"x"), refused(), _TARGET)
        for code in (0x00, 0x01, 0x08, 0x0B, 0x0C, 0x0D, 0x1B, 0x7F)
    ),
    *(
        Case(f"line-target-byte-{code:02x}", get(target=b"/TOKEN?" + bytes([code])), refused(), _TARGET)
        for code in (0x80, 0xA0, 0xFF)
    ),
    Case("line-target-utf8", get(target="/TOKEN/krüge".encode()), refused(), _TARGET),
]  # fmt: skip
