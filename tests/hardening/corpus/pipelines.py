"""Several requests on one connection, Expect, and bodies that a holding room does not want."""

from tests.hardening.verdicts import (
    HOST,
    SMUGGLED,
    Case,
    Seen,
    broken,
    get,
    held,
    passed,
    post,
    posted,
    refused,
)

_ORDER = "RFC 9112 9.3.2: each of several requests arrives once, in its order."
_CLOSED = "RFC 9112 9.6: nothing is read after a request that ends the connection."
_EXPECT = (
    "RFC 9110 10.1.1: the gateway answers this expectation itself, or the origin does; the body arrives once."
)
_FIRST = "A refusal ends the connection: what was sent after it is never read."
_SHUT = "What a room holds, it holds whole: body and all, none of which becomes a request."
_SECOND = Seen(target=b"/TOKEN/2")
_GET_2 = get(target=b"/TOKEN/2")


def _of_held(raw: bytes) -> bytes:
    return raw.replace(b"shop.example", b"held.example", 1)


CASES = [
    Case("pipe-two", get() + _GET_2, passed(Seen(), _SECOND), _ORDER),
    Case("pipe-ten", b"".join(get(target=b"/TOKEN/%d" % n) for n in range(10)),
         passed(*(Seen(target=b"/TOKEN/%d" % n) for n in range(10))), _ORDER),
    Case("pipe-length-then-get", post(b"Content-Length: 5", body=b"hello") + _GET_2, passed(posted(), _SECOND),
         _ORDER),
    Case("pipe-chunks-then-get", post(b"Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n") + _GET_2,
         passed(posted(), _SECOND), _ORDER),
    Case("pipe-get-with-body-then-get", get(b"Content-Length: 5") + b"hello" + _GET_2,
         passed(Seen(body=b"hello"), _SECOND), _ORDER),
    Case("pipe-post-without-length-then-get", post() + _GET_2, passed(posted(b""), _SECOND), _ORDER),
    Case("pipe-close-then-get", get(b"Connection: close") + _GET_2, passed(closes=True), _CLOSED),
    Case("pipe-close-among-options", get(b"Connection: x, CLOSE ,y") + _GET_2, passed(closes=True), _CLOSED),
    Case("pipe-1.0-then-get", get(version=b"HTTP/1.0") + _GET_2, passed(closes=True), _CLOSED),
    Case("pipe-get-then-junk", get() + b"junk\r\n\r\n", refused(after=[Seen()]), _ORDER),
    Case("pipe-get-then-both", get() + post(b"Content-Length: 5", b"Transfer-Encoding: chunked",
         body=b"0\r\n\r\n"),
         refused(after=[Seen()]), _ORDER),
    Case("pipe-get-then-no-host", get() + b"GET /TOKEN/2 HTTP/1.1\r\n\r\n", refused(after=[Seen()]), _ORDER),
    Case("pipe-get-then-0.9", get() + b"GET /TOKEN/2\r\n\r\n", refused(400, 505, after=[Seen()]), _ORDER),
    Case("pipe-get-then-preface", get() + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
         refused(400, 405, 501, 505, after=[Seen()]),
         _ORDER),
    Case("pipe-junk-then-get", b"junk\r\n\r\n" + SMUGGLED, refused(), _FIRST),
    Case("pipe-no-host-then-get", b"GET /TOKEN HTTP/1.1\r\n\r\n" + SMUGGLED, refused(), _FIRST),
    Case("pipe-both-then-get", post(b"Content-Length: 5", b"Transfer-Encoding: chunked",
         body=b"0\r\n\r\n") + SMUGGLED,
         refused(), _FIRST),
    Case("pipe-bad-length-then-get", post(b"Content-Length: +0") + SMUGGLED, refused(), _FIRST),
    Case("pipe-absolute-then-get", get(target=b"http://shop.example/TOKEN") + SMUGGLED, refused(), _FIRST),
    Case("pipe-connect-then-get", get(target=b"x:1", method=b"CONNECT") + SMUGGLED, refused(400, 405, 501),
         _FIRST),
    Case("pipe-bad-chunk-then-get", post(b"Transfer-Encoding: chunked", body=b"x\r\n\r\n0\r\n\r\n") + SMUGGLED,
         broken(), _FIRST),
    Case("pipe-long-field-then-get", get(b"X: " + b"y" * 20_000) + SMUGGLED, refused(431), _FIRST),
    Case("pipe-long-target-then-get", get(target=b"/TOKEN" + b"y" * 20_000) + SMUGGLED, refused(414, 431),
         _FIRST),
    Case("pipe-upgrade-then-get", get(b"Connection: Upgrade", b"Upgrade: foo") + _GET_2, passed(Seen(), _SECOND),
         "RFC 9110 7.8: an upgrade that is ignored changes nothing."),
    Case("expect-plain", post(b"Expect: 100-continue", b"Content-Length: 5"), passed(posted()), _EXPECT,
         then=b"hello"),
    Case("expect-chunks", post(b"Expect: 100-continue", b"Transfer-Encoding: chunked"), passed(posted()), _EXPECT,
         then=b"5\r\nhello\r\n0\r\n\r\n"),
    Case("expect-upper-case", post(b"Expect: 100-CONTINUE", b"Content-Length: 5"), passed(posted()), _EXPECT,
         then=b"hello"),
    Case("expect-body-at-once", post(b"Expect: 100-continue", b"Content-Length: 5", body=b"hello"),
         passed(posted()), _EXPECT),
    Case("expect-body-and-get", post(b"Expect: 100-continue", b"Content-Length: 5", body=b"hello") + _GET_2,
         passed(posted(), _SECOND), _EXPECT),
    Case("expect-no-body", get(b"Expect: 100-continue"), passed(), _EXPECT),
    Case("expect-1.0", post(b"Expect: 100-continue", b"Content-Length: 5", body=b"hello", version=b"HTTP/1.0"),
         passed(posted(), closes=True), "RFC 9110 10.1.1: in HTTP/1.0 it is ignored."),
    Case("expect-other", post(b"Expect: 200-maybe", b"Content-Length: 5", body=b"hello"),
         refused(400, 417) + passed(posted()),
         "RFC 9110 10.1.1: an unknown expectation may be answered with 417."),
    Case("expect-and-both", post(b"Expect: 100-continue", b"Content-Length: 5", b"Transfer-Encoding: chunked"),
         refused(),
         "A request that is refused is not told to continue."),
    Case("held-length", _of_held(post(b"Content-Length: 5", body=b"hello")), held(), _SHUT),
    Case("held-hides-request", _of_held(post(b"Content-Length: %d" % len(SMUGGLED), body=SMUGGLED)), held(),
         _SHUT),
    Case("held-chunks-hide-request", _of_held(post(b"Transfer-Encoding: chunked",
         body=b"%x\r\n%b\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED))), held(), _SHUT),
    Case("held-get-hides-request", _of_held(get(b"Content-Length: %d" % len(SMUGGLED))) + SMUGGLED, held(),
         _SHUT),
    Case("held-bad-chunk", _of_held(post(b"Transfer-Encoding: chunked", body=b"x\r\n")) + SMUGGLED,
         held() + refused(), _SHUT),
    Case("held-both", _of_held(post(b"Content-Length: 5", b"Transfer-Encoding: chunked",
         body=b"0\r\n\r\n")) + SMUGGLED,
         refused(), "A room that holds refuses what is no request, as any."),
    Case("held-expect", _of_held(post(b"Expect: 100-continue", b"Content-Length: 5")), held(), _SHUT),
    Case("held-cookies-tossed", b"GET /TOKEN HTTP/1.1\r\nHost: held.example\r\n"
         b"Cookie: waitroom_pass_held=x.y.z; waitroom_pass_held=\r\nCookie: waitroom_pass_held=\xff\r\n\r\n",
         held(),
         "A pass that was not signed here is none."),
    Case("held-pass-of-another", b"GET /TOKEN HTTP/1.1\r\nHost: held.example\r\nWaitroom-Visitor: me\r\n"
         b"Waitroom-Room: open\r\n\r\n", held(), "Who is inside is told by the pass alone."),
    Case("body-short-of-line", b"POST /TOKEN HTTP/1.1\r\n" + HOST + b"\r\nContent-Length: 2\r\n\r\n\r\n" + _GET_2,
         passed(posted(b"\r\n"), _SECOND), "RFC 9112 6.3: a body may be a line's end."),
]  # fmt: skip
