"""Chunks: sizes, extensions, data, trailers (RFC 9112 section 7.1).

The head of such a request is in order, so it may have gone on to the origin when a chunk turns out wrong.
"""

from tests.hardening.verdicts import SMUGGLED, Case, Verdicts, broken, passed, post, posted

_SIZE = "RFC 9112 7.1: a size is hex digits and nothing else."
_DATA = "RFC 9112 7.1: a chunk's data is as long as its size says, and CRLF follows."
_EXTENSION = "RFC 9112 7.1.1: extensions are dropped; what is none is refused."
_TRAILER = "RFC 9112 7.1.2: a trailer is made of field lines, which never become fields of the head."
_END = b"0\r\n\r\n"


def _case(name: str, body: bytes, verdicts: Verdicts, why: str) -> Case:
    return Case(f"chunk-{name}", post(b"Transfer-Encoding: chunked", body=body), verdicts, why)


_SIZES = {
    "plus": b"+5", "minus": b"-5", "hex-prefix": b"0x5", "space-first": b" 5", "tab-first": b"\t5",
    "letter-after": b"5g", "letter": b"g",
    "empty": b"", "nul": b"5\x00", "underscore": b"0_5", "point": b"5.", "vertical-tab": b"5\x0b",
    "form-feed": b"\x0c5", "comma": b"5,",
    "high-byte": b"5\xb2", "quoted": b'"5"', "two-words": b"5 5", "carriage": b"5\r",
    "2-to-63": b"8000000000000000", "all-ones": b"FFFFFFFFFFFFFFFF", "wraps-64": b"10000000000000005",
    "wraps-128": b"1" + b"0" * 31 + b"5",
}  # fmt: skip

CASES = [
    *(
        _case(f"size-{name}", size + b"\r\nhello\r\n" + _END, broken(400, 413), _SIZE)
        for name, size in _SIZES.items()
    ),
    _case("size-leading-zeros", b"0005\r\nhello\r\n" + _END, passed(posted()), "RFC 9112 7.1: 1*HEXDIG."),
    _case("size-upper-case", b"A\r\nhellohello\r\na\r\nhellohello\r\n" + _END, passed(posted(b"hello" * 4)),
          "RFC 9112 7.1."),
    _case("size-many-zeros", b"0" * 200 + b"5\r\nhello\r\n" + _END, passed(posted()) + broken(400, 413, 431),
          _SIZE),
    _case("size-space-after", b"5 \r\nhello\r\n" + _END, broken(), _SIZE),
    _case("size-tab-after", b"5\t\r\nhello\r\n" + _END, broken(), _SIZE),
    _case("size-lf", b"5\nhello\r\n" + _END, broken(), "RFC 9112 2.2: a lone LF ends no line."),
    _case("size-cr", b"5\rhello\r\n" + _END, broken(), "RFC 9112 2.2: a lone CR ends no line."),
    _case("size-endless", b"0" * 200_000, broken(400, 413, 431), "A size line has a limit."),
    _case("data-short", b"5\r\nhell\r\n" + _END, broken(), _DATA),
    _case("data-long", b"5\r\nhello!\r\n" + _END, broken(), _DATA),
    _case("data-two-bytes-long", b"5\r\nhelloXY0\r\n\r\n", broken(), _DATA),
    _case("data-no-end", b"5\r\nhello" + _END, broken(), _DATA),
    _case("data-lf", b"5\r\nhello\n" + _END, broken(), _DATA),
    _case("data-cr", b"5\r\nhello\r" + _END, broken(), _DATA),
    _case("data-cr-x", b"5\r\nhello\rX" + _END, broken(), _DATA),
    _case("data-second-short", b"5\r\nhello\r\n5\r\nhel\r\n" + _END, broken(), _DATA),
    _case("data-hides-request", b"%x\r\n%b\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED), passed(posted(SMUGGLED)),
          _DATA),
    _case("data-looks-like-end", b"5\r\n0\r\n\r\n\r\n" + _END, passed(posted(_END)), _DATA),
    _case("data-binary", b"7\r\n\x00\r\n\x00\n\r\xff\r\n" + _END, passed(posted(b"\x00\r\n\x00\n\r\xff")), _DATA),
    _case("many-small", b"1\r\nx\r\n" * 1000 + _END, passed(posted(b"x" * 1000)), _DATA),
    _case("last-many-zeros", b"5\r\nhello\r\n000\r\n\r\n", passed(posted()),
          "RFC 9112 7.1: last-chunk = 1*\"0\"."),
    _case("last-minus", b"5\r\nhello\r\n-0\r\n\r\n", broken(), _SIZE),
    _case("last-hex-prefix", b"5\r\nhello\r\n0x0\r\n\r\n", broken(), _SIZE),
    _case("last-lf", b"5\r\nhello\r\n0\n\r\n", broken(), "RFC 9112 2.2: a lone LF ends no line."),
    _case("last-lf-at-end", b"5\r\nhello\r\n0\r\n\n", broken(), "RFC 9112 2.2: a lone LF ends no line."),
    _case("last-cr-at-end", b"5\r\nhello\r\n0\r\n\rX\r\n\r\n", broken(), "RFC 9112 2.2: a lone CR ends no line."),
    _case("last-no-end", b"5\r\nhello\r\n0\r\n" + SMUGGLED, broken(), _TRAILER),
    _case("last-empty-line", b"5\r\nhello\r\n\r\n", broken(), _SIZE),
    _case("extension", b"5;a=b\r\nhello\r\n0;c\r\n\r\n", passed(posted()), _EXTENSION),
    _case("extension-quoted", b'5;a="b;c"\r\nhello\r\n' + _END, passed(posted()), _EXTENSION),
    _case("extension-quoted-cr", b'5;a="\r\n0\r\n\r\n"\r\nhello\r\n' + _END, broken(), _EXTENSION),
    _case("extension-spaces", b"5 ; a = b\r\nhello\r\n" + _END, passed(posted()) + broken(),
          "RFC 9112 7.1.1: bad space."),
    _case("extension-empty", b"5;\r\nhello\r\n" + _END, broken() + passed(posted()), _EXTENSION),
    _case("extension-lf", b"5;\nhello\r\n" + _END, broken(), _EXTENSION),
    _case("extension-lf-inside", b"5;a\nb\r\nhello\r\n" + _END, broken(), _EXTENSION),
    _case("extension-cr-inside", b"5;a\rb\r\nhello\r\n" + _END, broken(), _EXTENSION),
    _case("extension-cr-cr-lf", b"5;a\r\r\nhello\r\n" + _END, broken(), _EXTENSION),
    _case("extension-nul", b"5;a\x00\r\nhello\r\n" + _END, broken(), _EXTENSION),
    _case("extension-control", b"5;a=\x0b\r\nhello\r\n" + _END, broken(), _EXTENSION),
    _case("extension-smuggles", b"2;\nxx\r\n%x\r\n0\r\n\r\n%b\r\n0\r\n\r\n" % (5 + len(SMUGGLED), SMUGGLED),
          broken(),
          "A proxy that takes LF for the end of an extension, and a server that does not, see other requests."),
    _case("extension-last-lf", b"5\r\nhello\r\n0;\n\r\n", broken(), _EXTENSION),
    _case("extension-long", b"5;" + b"a" * 200_000 + b"\r\nhello\r\n" + _END, broken(400, 413, 431),
          "RFC 9112 7.1.1: a recipient limits extensions."),
    _case("extension-many", (b"1;" + b"a" * 1000 + b"\r\nx\r\n") * 100 + _END,
          passed(posted(b"x" * 100)) + broken(400, 413, 431), "RFC 9112 7.1.1: a recipient limits extensions."),
    _case("trailer", b"5\r\nhello\r\n0\r\nX-T: y\r\n\r\n", passed(posted(lacks=(b"x-t",))), _TRAILER),
    _case("trailer-host", b"5\r\nhello\r\n0\r\nHost: held.example\r\n\r\n",
          passed(posted(has=((b"host", b"shop.example"),))) + broken(), _TRAILER),
    _case("trailer-length", b"5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n", passed(posted()) + broken(),
          _TRAILER),
    _case("trailer-coding", b"5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
          passed(posted()) + broken(), _TRAILER),
    _case("trailer-cookie", b"5\r\nhello\r\n0\r\nCookie: a=b\r\n\r\n",
          passed(posted(lacks=(b"cookie",))) + broken(), _TRAILER),
    _case("trailer-ours", b"5\r\nhello\r\n0\r\nWaitroom-Visitor: me\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n",
          passed(posted(has=((b"x-forwarded-for", b"127.0.0.1"),))), _TRAILER),
    _case("trailer-no-colon", b"5\r\nhello\r\n0\r\njunk\r\n\r\n", broken(), _TRAILER),
    _case("trailer-space-before-colon", b"5\r\nhello\r\n0\r\nX : y\r\n\r\n", broken(), _TRAILER),
    _case("trailer-folded", b"5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n", broken(), _TRAILER),
    _case("trailer-lf", b"5\r\nhello\r\n0\r\nX: y\n\r\n", broken(), _TRAILER),
    _case("trailer-cr", b"5\r\nhello\r\n0\r\nX: y\rZ: w\r\n\r\n", broken(), _TRAILER),
    _case("trailer-nul", b"5\r\nhello\r\n0\r\nX: \x00\r\n\r\n", broken(), _TRAILER),
    _case("trailer-long", b"5\r\nhello\r\n0\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", broken(400, 413, 431),
          _TRAILER),
    _case("trailer-many", b"5\r\nhello\r\n0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", broken(400, 413, 431),
          _TRAILER),
]  # fmt: skip
