"""Lengths and chunks that lie (RFC 9112 sections 6 and 7)."""

from tests.hardening.answer_verdicts import AnswerCase as Case
from tests.hardening.answer_verdicts import bad_gateway, chunked, cut, head, ok, whole, whole_then_dropped
from tests.hardening.scripted import End

_LENGTH = "RFC 9112 6.3: an answer with no valid length, or more than one, is 502."
_CODING = "RFC 9112 6.1: only chunked is known, and only alone."
_CHUNK = "RFC 9112 7.1: what is no chunk ends the answer; the visitor can tell that it is not whole."
_SHORT = "RFC 9112 8: an answer that ends early is incomplete, and the visitor can tell."
_MORE = "Two answers to one request: 502, and nothing of the second reaches anyone."
_FORGED = ok(body=b"forged")
_END = b"0\r\n\r\n"
_ODD = {
    "minus": b"-5", "plus": b"+5", "hex": b"0x5", "two-words": b"5 5", "fraction": b"5.0", "word": b"five",
    "list-other": b"5, 6",
    "overflow": b"18446744073709551621", "letter-after": b"5a", "semicolon": b"5;", "empty": b"",
    "underscore": b"0_5",
}  # fmt: skip
_CODINGS = {
    "gzip": b"gzip", "gzip-chunked": b"gzip, chunked", "chunked-gzip": b"chunked, gzip", "identity": b"identity",
    "twice": b"chunked, chunked", "x-prefix": b"xchunked", "parameter": b"chunked;a=b", "empty": b"",
    "vertical-tab": b"\x0bchunked",
}  # fmt: skip
_BAD_CHUNKS = {
    "letter": b"g\r\nhello\r\n" + _END, "minus": b"-5\r\nhello\r\n" + _END,
    "hex-prefix": b"0x5\r\nhello\r\n" + _END,
    "empty-size": b"\r\nhello\r\n" + _END, "wraps": b"10000000000000005\r\nhello\r\n" + _END,
    "short": b"5\r\nhel\r\n" + _END,
    "long": b"5\r\nhello!\r\n" + _END, "lf": b"5\nhello\r\n" + _END, "trailer": b"0\r\njunk\r\n\r\n",
    "space-first": b" 5\r\nhello\r\n" + _END,
    "trailer-nul": b"0\r\nX: \x00\r\n\r\n", "extension-lf": b"5;a\nb\r\nhello\r\n" + _END,
    "all-ones": b"FFFFFFFFFFFFFFFF\r\nhello",
}  # fmt: skip

CASES = [
    Case("plain", (ok(),), whole(), "The plain case, against which the others are read."),
    Case("length-zero", (ok(body=b""),), whole(b""), "RFC 9112 6.3."),
    Case("chunks", (chunked(b"5;a=b\r\nhello\r\n" + _END),), whole(b"hello"), "RFC 9112 7.1."),
    Case("chunks-with-trailer", (chunked(b"5\r\nhello\r\n0\r\nX-T: y\r\n\r\n"),), whole(b"hello"),
         "RFC 9112 7.1.2."),
    Case("until-the-end", (head(), b"hello", End.CLOSE), whole(b"hello"), "RFC 9112 6.3: the last case."),
    Case("1.0-until-the-end", (head(status=b"HTTP/1.0 200 OK"), b"hello", End.CLOSE), whole(b"hello"),
         "RFC 9112 6.3."),
    Case("length-too-long", (ok(body=b"hello")[:-2], End.CLOSE), cut(b"hel") + bad_gateway(), _SHORT),
    Case("length-too-long-later", (ok(body=b"hello")[:-2], 0.1, End.CLOSE), cut(b"hel"), _SHORT),
    Case("length-too-long-reset", (ok(body=b"hello")[:-2], 0.1, End.RESET), cut(b"hel"), _SHORT),
    Case("length-never-begun", (head(b"Content-Length: 5"), 0.1, End.CLOSE), cut(b"") + bad_gateway(), _SHORT),
    Case("length-never-fulfilled", (ok(body=b"hello")[:-2],), cut(b"hel"),
         "An origin that falls silent is given up.",
         slow=True),
    Case("length-too-short", (ok(body=b"hello") + b"forged",), bad_gateway(), _MORE),
    Case("length-zero-and-body", (ok(body=b"") + b"forged",), bad_gateway(), _MORE),
    Case("length-too-short-later", (ok(), 0.1, b"forged"), whole_then_dropped(), _MORE),
    *(
        Case(f"length-{name}", (head(b"Content-Length: " + value) + b"forged",), bad_gateway(), _LENGTH)
        for name, value in _ODD.items()
    ),
    Case("length-twice-other", (head(b"Content-Length: 5", b"Content-Length: 6") + b"forged",), bad_gateway(),
         _LENGTH),
    Case("length-twice-same", (ok(b"Content-Length: 2"),), whole() + bad_gateway(),
         "RFC 9110 8.6: lengths that agree may be taken for one."),
    Case("length-list-same", (head(b"Content-Length: 2, 2") + b"ok",), whole() + bad_gateway(), "RFC 9110 8.6."),
    Case("length-and-chunks", (chunked(b"6\r\nforged\r\n" + _END, b"Content-Length: 6"),), bad_gateway(),
         _LENGTH),
    Case("chunks-and-length", (head(b"Content-Length: 6", b"Transfer-Encoding: chunked") + b"6\r\nforged\r\n" + _END,),
         bad_gateway(), _LENGTH),
    Case("length-zero-and-chunks", (chunked(b"6\r\nforged\r\n" + _END, b"Content-Length: 0"),), bad_gateway(),
         _LENGTH),
    *(
        Case(f"coding-{name}", (head(b"Transfer-Encoding: " + value) + b"6\r\nforged\r\n" + _END,),
             bad_gateway(), _CODING)
        for name, value in _CODINGS.items()
    ),
    Case("coding-two-lines", (chunked(b"6\r\nforged\r\n" + _END, b"Transfer-Encoding: chunked"),),
         bad_gateway(), _CODING),
    Case("coding-two-lines-gzip", (chunked(b"6\r\nforged\r\n" + _END, b"Transfer-Encoding: gzip"),),
         bad_gateway(), _CODING),
    Case("coding-1.0", (head(b"Transfer-Encoding: chunked", status=b"HTTP/1.0 200 OK") + b"2\r\nok\r\n" + _END,),
         whole_then_dropped() + bad_gateway(), "RFC 9112 6.1: in HTTP/1.0 this is faulty; the connection ends."),
    *(
        Case(f"chunk-{name}", (chunked(body),), cut(b"hello") + bad_gateway(), _CHUNK)
        for name, body in _BAD_CHUNKS.items()
    ),
    Case("chunk-bad-later", (chunked(b"5\r\nhello\r\n"), 0.1, b"x\r\nforged\r\n" + _END), cut(b"hello"), _CHUNK),
    Case("chunks-never-end", (chunked(b"5\r\nhello\r\n"), 0.1, End.CLOSE), cut(b"hello"), _SHORT),
    Case("chunks-end-in-chunk", (chunked(b"9\r\nhello"), 0.1, End.CLOSE), cut(b"hello"), _SHORT),
    Case("chunks-end-in-size", (chunked(b"5\r\nhello\r\n5"), 0.1, End.CLOSE), cut(b"hello"), _SHORT),
    Case("chunks-end-without-line", (chunked(b"5\r\nhello\r\n0\r\n"), 0.1, End.CLOSE), cut(b"hello"), _SHORT),
    Case("chunks-reset", (chunked(b"5\r\nhello\r\n"), 0.1, End.RESET), cut(b"hello"), _SHORT),
    Case("until-the-end-reset", (head(), b"hello", 0.1, End.RESET), cut(b"hello"), _SHORT),
    Case("chunks-and-more", (chunked(b"2\r\nok\r\n" + _END + b"forged"),), bad_gateway(), _MORE),
    Case("two-answers", (ok() + _FORGED,), bad_gateway(), _MORE),
    Case("two-answers-in-chunks", (chunked(b"2\r\nok\r\n" + _END) + _FORGED,), bad_gateway(), _MORE),
    Case("two-answers-apart", (ok(), 0.0, _FORGED), bad_gateway() + whole_then_dropped(), _MORE),
    Case("two-answers-later", (ok(), 0.1, _FORGED), whole_then_dropped(), _MORE),
    Case("two-answers-first-empty", (ok(status=b"204 No Content", body=b"").replace(b"Content-Length: 0\r\n",
         b"") + _FORGED,),
         bad_gateway(), _MORE),
]  # fmt: skip
