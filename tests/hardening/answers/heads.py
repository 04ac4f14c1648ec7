"""Status lines and field lines (RFC 9112 sections 4 and 5)."""

from tests.hardening.answer_verdicts import AnswerCase as Case
from tests.hardening.answer_verdicts import bad_gateway, head, ok, whole
from tests.hardening.scripted import End, Flood

_STATUS = "RFC 9112 4: a status line is the version, a status of three digits from 100 to 599, and a reason."
_SPLIT = "RFC 9110 5.5: CR, LF or NUL in a value may be a split response."
_NAME = "RFC 9110 5.1: a name is a token, and a colon follows at once."
_ENDLESS = "A header block without end is given up."
_BODY = (b"Content-Length: 6", b"", b"forged")
_LINES = {
    "0.9": b"forged", "2-line": b"HTTP/2 200 OK", "2.0-line": b"HTTP/2.0 200 OK",
    "3.0-line": b"HTTP/3.0 200 OK", "0.9-line": b"HTTP/0.9 200 OK",
    "9.9-line": b"HTTP/9.9 200 OK", "no-minor": b"HTTP/1 200 OK", "lower-case": b"http/1.1 200 OK",
    "icecast": b"ICY 200 OK",
    "no-version": b"200 OK", "rtsp": b"RTSP/1.0 200 OK", "smtp": b"220 shop.example ESMTP",
    "request": b"GET / HTTP/1.1",
    "status-99": b"HTTP/1.1 99 X", "status-099": b"HTTP/1.1 099 X", "status-000": b"HTTP/1.1 000 X",
    "status-600": b"HTTP/1.1 600 X",
    "status-999": b"HTTP/1.1 999 X", "status-letters": b"HTTP/1.1 abc X", "status-2000": b"HTTP/1.1 2000 X",
    "status-20": b"HTTP/1.1 20 X",
    "status-minus": b"HTTP/1.1 -200 X", "status-none": b"HTTP/1.1 ", "status-missing": b"HTTP/1.1",
    "status-hex": b"HTTP/1.1 0xc8 X",
    "status-101": b"HTTP/1.1 101 Switching Protocols", "two-spaces": b"HTTP/1.1  200 OK",
    "tab": b"HTTP/1.1\t200 OK",
    "space-first": b" HTTP/1.1 200 OK", "reason-nul": b"HTTP/1.1 200 O\x00K", "reason-cr": b"HTTP/1.1 200 O\rK",
    "junk-first": b"\x00\x01HTTP/1.1 200 OK", "letter-after-status": b"HTTP/1.1 200x OK",
}  # fmt: skip
_FIELDS = {
    "cr": b"X: a\rSet-Cookie: forged=1", "lf": b"X: a\nSet-Cookie: forged=1", "nul": b"X: a\x00forged",
    "cr-at-end": b"X: forged\r",
    "control": b"X: a\x01forged", "delete": b"X: a\x7fforged", "cr-lf-lf": b"X: a\r\n\nforged",
}  # fmt: skip
_NAMES = {
    "no-colon": b"forged", "no-name": b": forged", "space": b"X Y: forged", "nul": b"X\x00Y: forged",
    "bracket": b"X(Y): forged",
    "high-byte": b"X\xe9: forged",
}  # fmt: skip


def _line(name: str, line: bytes) -> Case:
    # closed, because without a head nothing tells where the answer ends
    return Case(f"line-{name}", (b"\r\n".join([line, *_BODY]), 0.1, End.CLOSE), bad_gateway(), _STATUS)


CASES = [
    *(_line(name, line) for name, line in _LINES.items()),
    Case("line-2-frames", (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80", 0.1, End.CLOSE),
         bad_gateway(), _STATUS),
    Case("line-2-preface", (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0.1, End.CLOSE), bad_gateway(), _STATUS),
    Case("line-tls-alert", (b"\x15\x03\x01\x00\x02\x02\x46", End.CLOSE), bad_gateway(), _STATUS),
    Case("line-lf-only", (b"HTTP/1.1 200 OK\nContent-Length: 6\n\nforged",), bad_gateway(),
         "RFC 9112 2.2: no lone LF."),
    Case("line-no-reason", (b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok",), whole(),
         "RFC 9112 4: it may be empty."),
    Case("line-no-reason-no-space", (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",), whole() + bad_gateway(),
         _STATUS),
    Case("line-reason-high-bytes", (b"HTTP/1.1 200 \xe9\xff\r\nContent-Length: 2\r\n\r\nok",), whole(), _STATUS),
    Case("line-status-299", (ok(status=b"299 Odd"),), whole(status=299), "RFC 9110 15: unknown statuses pass."),
    Case("line-status-599", (ok(status=b"599 Odd"),), whole(status=599), "RFC 9110 15: unknown statuses pass."),
    Case("line-empty-first", (b"\r\n" + ok(),), whole() + bad_gateway(),
         "RFC 9112 2.2 speaks of requests alone."),
    *(
        Case(f"field-{name}", (head(line, *_BODY[:1]) + b"forged",), bad_gateway(), _SPLIT)
        for name, line in _FIELDS.items()
    ),
    *(
        Case(f"name-{name}", (head(line, *_BODY[:1]) + b"forged",), bad_gateway(), _NAME)
        for name, line in _NAMES.items()
    ),
    Case("field-split",
         (head(b"Content-Length: 0", b"X: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"),),
         bad_gateway(), _SPLIT),
    Case("field-folded", (ok(b"X: a", b" b"),), whole(has=((b"x", b"a b"),)) + bad_gateway(),
         "RFC 9112 5.2: 502, or the fold becomes a space."),
    Case("field-space-before-colon", (ok(b"X : y"),), whole(has=((b"x", b"y"),)) + bad_gateway(),
         "RFC 9112 5.1: 502, or the space is taken out."),
    Case("field-space-before-colon-of-length", (head(b"Content-Length : 2") + b"ok",), whole() + bad_gateway(),
         "RFC 9112 5.1."),
    Case("field-folded-first", (b"HTTP/1.1 200 OK\r\n X: forged\r\nContent-Length: 6\r\n\r\nforged",),
         bad_gateway(), _NAME),
    Case("field-high-bytes", (ok(b"X: \xe9\xff"),), whole(has=((b"x", b"\xe9\xff"),)),
         "RFC 9110 5.5: obs-text passes."),
    Case("endless-fields", (b"HTTP/1.1 200 OK\r\n", Flood(b"X: y\r\n" * 1000)), bad_gateway(), _ENDLESS),
    Case("endless-value", (b"HTTP/1.1 200 OK\r\nX: ", Flood(b"y" * 60_000)), bad_gateway(), _ENDLESS),
    Case("endless-name", (b"HTTP/1.1 200 OK\r\n", Flood(b"y" * 60_000)), bad_gateway(), _ENDLESS),
    Case("endless-reason", (b"HTTP/1.1 200 ", Flood(b"y" * 60_000)), bad_gateway(), _ENDLESS),
    Case("endless-spaces", (b"HTTP/1.1 200 OK\r\nX:", Flood(b" " * 60_000)), bad_gateway(), _ENDLESS),
    Case("endless-interim", (Flood(head(status=b"HTTP/1.1 103 Early Hints") * 1000),), bad_gateway(), _ENDLESS),
    Case("endless-slow", (b"HTTP/1.1 200 OK\r\nX: ", Flood(b"y", 0.2)), bad_gateway(502, 504), _ENDLESS,
         slow=True),
    Case("endless-interim-slow", (Flood(head(status=b"HTTP/1.1 102 Processing"), 0.2),), bad_gateway(502, 504),
         _ENDLESS, slow=True),
    Case("endless-silence", (b"HTTP/1.1 200 OK\r\nX: y\r\n",), bad_gateway(502, 504), _ENDLESS, slow=True),
    Case("long-but-in-order", (ok(*(b"X-%d: %b" % (n, b"y" * 500) for n in range(40))),), whole(), "20 KB pass."),
]  # fmt: skip
