"""Bodies that may not be, interim answers, what only the gateway may say, and how connections end."""

from tests.hardening.answer_verdicts import AnswerCase as Case
from tests.hardening.answer_verdicts import (
    AnswerVerdict,
    bad_gateway,
    chunked,
    cut,
    head,
    ok,
    whole,
    whole_then_dropped,
)
from tests.hardening.scripted import End

_NO_BODY = (
    "RFC 9112 6.3: to HEAD, and with 1xx, 204 and 304, there is no body; what follows is no answer to anyone."
)
_INTERIM = "RFC 9110 15.2: interim answers may come before the answer; they are none."
_ASKED = "RFC 9110 15.2.2: nobody asked for another protocol."
_OURS = "Only the gateway speaks for itself: its cookies and fields are not the shop's to set."
_HOP = "RFC 9110 7.6.1: fields of one connection stay on it."
_ENDS = "RFC 9112 9.6: a connection may end at any time between answers; the next visitor does not notice."
_GONE = "RFC 9110 15.6.3: an origin that breaks off before its answer has begun is 502."
_ASIDE = "What comes unasked on an idle connection is the answer to nobody's request."
_FORGED = ok(body=b"forged")
_NO_CONTENT = b"HTTP/1.1 204 No Content"
_NOT_MODIFIED = b"HTTP/1.1 304 Not Modified"
_HINTS = head(b"Link: </forged>", status=b"HTTP/1.1 103 Early Hints")
_COOKIES = (b"Set-Cookie: a=1", b"Set-Cookie: a=2; Path=/")
_KEPT = ((b"set-cookie", b"a=1"), (b"set-cookie", b"a=2; Path=/"))

CASES = [
    Case("head", (head(b"Content-Length: 5"),), whole(b"", has=((b"content-length", b"5"),)), _NO_BODY, "HEAD"),
    Case("head-and-body", (ok(body=b"forged"),), whole_then_dropped(b"") + bad_gateway(), _NO_BODY, "HEAD"),
    Case("head-and-chunks", (chunked(b"6\r\nforged\r\n0\r\n\r\n"),), whole_then_dropped(b"") + bad_gateway(),
         _NO_BODY, "HEAD"),
    Case("head-and-body-later", (head(b"Content-Length: 6"), 0.1, b"forged"), whole_then_dropped(b""),
         _NO_BODY, "HEAD"),
    Case("head-and-two-answers", (head(b"Content-Length: 6") + _FORGED,),
         whole_then_dropped(b"") + bad_gateway(), _NO_BODY, "HEAD"),
    Case("204", (head(status=_NO_CONTENT),), whole(b"", 204), _NO_BODY),
    Case("204-and-body", (head(status=_NO_CONTENT) + b"forged",), whole_then_dropped(b"", 204) + bad_gateway(),
         _NO_BODY),
    Case("204-and-length", (head(b"Content-Length: 6", status=_NO_CONTENT) + b"forged",),
         whole_then_dropped(b"", 204) + bad_gateway(), _NO_BODY),
    Case("204-and-chunks", (head(b"Transfer-Encoding: chunked",
         status=_NO_CONTENT) + b"6\r\nforged\r\n0\r\n\r\n",),
         whole_then_dropped(b"", 204) + bad_gateway(), _NO_BODY),
    Case("204-and-body-later", (head(status=_NO_CONTENT), 0.1, b"forged"), whole_then_dropped(b"", 204),
         _NO_BODY),
    Case("304-and-length", (head(b"Content-Length: 6", b"ETag: x", status=_NOT_MODIFIED),),
         whole(b"", 304, has=((b"etag", b"x"),)),
         "RFC 9110 15.4.5: it may tell the length of what it does not send."),
    Case("304-and-body", (head(b"Content-Length: 6", status=_NOT_MODIFIED) + b"forged",),
         whole_then_dropped(b"", 304) + bad_gateway(), _NO_BODY),
    Case("304-and-answer", (head(status=_NOT_MODIFIED) + _FORGED,),
         whole_then_dropped(b"", 304) + bad_gateway(), _NO_BODY),
    Case("interim", (head(status=b"HTTP/1.1 102 Processing") + ok(),), whole(), _INTERIM),
    Case("interim-then-later", (head(status=b"HTTP/1.1 100 Continue"), 0.1, ok()), whole(), _INTERIM),
    Case("interim-fields-are-its-own", (head(b"X-Own: forged", status=b"HTTP/1.1 102 Processing") + ok(),),
         whole(), _INTERIM),
    Case("interim-with-body", (head(b"Content-Length: 6", status=b"HTTP/1.1 102 Processing") + b"forged" + ok(),),
         bad_gateway(), "RFC 9110 8.6: an interim answer has no length and no body."),
    Case("interim-then-end", (head(status=b"HTTP/1.1 102 Processing"), End.CLOSE), bad_gateway(), _GONE),
    Case("interim-after-answer", (ok() + _HINTS,), bad_gateway() + whole_then_dropped(), _INTERIM),
    Case("101", (head(b"Upgrade: foo", b"Connection: Upgrade",
         status=b"HTTP/1.1 101 Switching Protocols") + b"forged",),
         bad_gateway(), _ASKED),
    Case("101-then-answer", (head(status=b"HTTP/1.1 101 Switching Protocols") + _FORGED,), bad_gateway(), _ASKED),
    Case("cookies-kept", (ok(*_COOKIES),), whole(has=_KEPT), "RFC 6265 3: each Set-Cookie stands by itself."),
    Case("cookie-pass", (ok(*_COOKIES, b"Set-Cookie: waitroom_pass_main=forged; Path=/"),), whole(has=_KEPT),
         _OURS),
    Case("cookie-ticket", (ok(*_COOKIES, b"set-cookie:waitroom_ticket_main=forged"),), whole(has=_KEPT), _OURS),
    Case("cookie-spaced", (ok(*_COOKIES, b"Set-Cookie: \t waitroom_pass_main =forged"),), whole(has=_KEPT),
         _OURS),
    Case("cookie-nameless", (ok(*_COOKIES, b"Set-Cookie: =waitroom_pass_main=forged"),), whole(has=_KEPT), _OURS),
    Case("cookie-named-in-connection", (ok(*_COOKIES, b"Connection: Set-Cookie"),), whole(has=_KEPT), _HOP),
    Case("fields-of-ours", (ok(b"Waitroom-Position: forged", b"waitroom-ticket: forged",
         b"WAITROOM-X: forged"),), whole(), _OURS),
    Case("fields-of-ours-command", (ok(b"Waitroom-Command: forged"),), whole(lacks=(b"waitroom-command",)),
         _OURS),
    Case("fields-of-the-connection", (ok(b"Connection: X-Own, keep-alive", b"X-Own: forged",
         b"Keep-Alive: forged",
         b"Proxy-Connection: forged", b"Upgrade: forged", b"Trailer: forged"),), whole(), _HOP),
    Case("connection-names-length", (ok(b"Connection: Content-Length"),), whole(), _HOP),
    Case("connection-names-date", (ok(b"Connection: close", b"Date: Thu, 01 Jan 1970 00:00:00 GMT",
         b"Server: shop/1"),),
         whole(has=((b"date", b"Thu, 01 Jan 1970 00:00:00 GMT"), (b"server", b"shop/1"))),
         "RFC 9110 6.6.1: they are the origin's."),
    Case("says-close-and-stays", (ok(b"Connection: close"),), whole_then_dropped(), "RFC 9112 9.6: it said so."),
    Case("says-close-among-options", (ok(b"Connection: x, CLOSE"),), whole_then_dropped(),
         "RFC 9112 9.6: it said so."),
    Case("says-keep-alive-and-ends", (ok(b"Connection: keep-alive"), End.CLOSE), whole(), _ENDS),
    Case("says-keep-alive-and-resets", (ok(b"Connection: keep-alive"), 0.1, End.RESET), whole(), _ENDS),
    Case("1.0-stays", (ok().replace(b"HTTP/1.1", b"HTTP/1.0"),), whole_then_dropped(),
         "RFC 9112 9.3: 1.0 ends unless it says other."),
    Case("ends-later", (ok(), 0.1, End.CLOSE), whole(), _ENDS),
    Case("unasked-answer", (ok(), 0.1, _FORGED), whole_then_dropped(), _ASIDE),
    Case("unasked-half-answer", (ok(), 0.1, _FORGED[:20]), whole_then_dropped(), _ASIDE),
    Case("unasked-408", (ok(), 0.1, ok(b"Connection: close", status=b"408 forged"), End.CLOSE), whole(), _ASIDE),
    Case("unasked-line-end", (ok(), 0.1, b"\r\n"), whole_then_dropped(), _ASIDE),
    Case("unasked-interim", (ok(), 0.1, _HINTS), whole_then_dropped(), _ASIDE),
    Case("answer-before-request", (ok(),), (*whole(), AnswerVerdict(frozenset({200, 502}), dropped=True)),
         _ASIDE, greeting=ok(body=b"early")),
    Case("gone-at-once", (End.CLOSE,), bad_gateway(), _GONE),
    Case("gone-at-once-post", (End.CLOSE,), bad_gateway(), _GONE, "POST", b"hello"),
    Case("gone-by-reset", (End.RESET,), bad_gateway(), _GONE),
    Case("gone-by-reset-post", (End.RESET,), bad_gateway(), _GONE, "POST", b"hello"),
    Case("gone-in-status-line", (b"HTTP/1.1 2", End.CLOSE), bad_gateway(), _GONE),
    Case("gone-in-head", (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX: forged", End.CLOSE), bad_gateway(), _GONE),
    Case("gone-before-empty-line", (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: forged\r\n", End.CLOSE),
         bad_gateway(), _GONE),
    Case("gone-in-large-body", (head(b"Content-Length: 1000000") + b"x" * 500_000, End.RESET),
         cut(b"x") + bad_gateway(), _GONE),
]  # fmt: skip
