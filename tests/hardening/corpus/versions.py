"""HTTP versions, and what is no HTTP/1.1 at all (RFC 9112 section 2.3)."""

from tests.hardening.verdicts import HOST, Case, get, passed, post, posted, refused

_VERSION = "RFC 9112 2.3: HTTP/1.0 or HTTP/1.1, spelt exactly so; RFC 9110 15.6.6: others get 505."
_OTHER = "RFC 9112 3: another protocol is no request."
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SPELLINGS = {
    "0.9": b"HTTP/0.9", "1.2": b"HTTP/1.2", "1.9": b"HTTP/1.9", "2.0": b"HTTP/2.0", "2": b"HTTP/2",
    "3.0": b"HTTP/3.0",
    "9.9": b"HTTP/9.9", "one-digit": b"HTTP/1", "no-minor": b"HTTP/1.", "no-major": b"HTTP/.1",
    "1.10": b"HTTP/1.10",
    "1.01": b"HTTP/1.01", "01.1": b"HTTP/01.1", "11.1": b"HTTP/11.1", "lower-case": b"http/1.1",
    "mixed": b"Http/1.1",
    "space-after-slash": b"HTTP/ 1.1", "space-before-slash": b"HTTP /1.1", "comma": b"HTTP/1,1",
    "sign": b"HTTP/+1.1",
    "no-slash": b"HTTP1.1", "letters": b"HTTP/x.y", "suffix": b"HTTP/1.1x", "nul": b"HTTP/1.1\x00",
    "hex": b"HTTP/1.A",
    "misspelt": b"HTP/1.1", "https": b"HTTPS/1.1", "rtsp": b"RTSP/1.0", "icecast": b"ICE/1.0", "none": b"",
    "full-width": b"HTTP/\xef\xbc\x91.\xef\xbc\x91",
}  # fmt: skip
_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(128, 160)) + b"TOKEN\r\n\r\n" + bytes(160)

CASES = [
    *(
        Case(f"version-{name}", get(version=spelling), refused(400, 505), _VERSION)
        for name, spelling in _SPELLINGS.items()
    ),
    Case("version-0.9-line", b"GET /TOKEN\r\n", refused(400, 505), "RFC 9112 2.3: HTTP/0.9 is not spoken."),
    Case("version-0.9-lines", b"GET /TOKEN\r\n\r\n", refused(400, 505), "RFC 9112 2.3: HTTP/0.9 is not spoken."),
    Case("version-0.9-with-fields", b"GET /TOKEN\r\n" + HOST + b"\r\n\r\n", refused(400, 505), _VERSION),
    Case("version-1.0", get(version=b"HTTP/1.0"), passed(closes=True), "RFC 9112 9.3: then the connection ends."),
    Case("version-1.0-body", post(b"Content-Length: 5", body=b"hello", version=b"HTTP/1.0"),
         passed(posted(), closes=True), "RFC 9112 6.3: a length counts in HTTP/1.0 as well."),
    Case("version-1.0-no-host", b"GET /TOKEN HTTP/1.0\r\n\r\n", refused(),
         "A room is found by the host; none, none."),
    Case("version-2-preface", _PREFACE + b"TOKEN", refused(400, 405, 501, 505), _OTHER),
    Case("version-2-preface-and-settings", _PREFACE + bytes(9) + b"TOKEN", refused(400, 405, 501, 505), _OTHER),
    Case("version-tls-hello", _HELLO, refused(), _OTHER),
    Case("version-ssl2-hello", bytes.fromhex("802e0100020015000000100100800700c0") + b"TOKEN\r\n\r\n",
         refused(), _OTHER),
    Case("version-proxy-v1", b"PROXY TCP4 192.0.2.1 192.0.2.2 1 80\r\n" + get(), refused(400, 405, 501, 505),
         _OTHER),
    Case("version-proxy-v1-unknown", b"PROXY UNKNOWN\r\n" + get(), refused(400, 405, 501, 505), _OTHER),
    Case("version-proxy-v2", b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x02\x00\x01\x00\x50"
         + get(), refused(), _OTHER),
    Case("version-ssh", b"SSH-2.0-OpenSSH_9.6 TOKEN\r\n", refused(400, 505), _OTHER),
    Case("version-smtp", b"EHLO TOKEN.example\r\n", refused(400, 505), _OTHER),
    Case("version-socks", b"\x05\x01\x00TOKEN\r\n\r\n", refused(), _OTHER),
    Case("version-redis", b"*1\r\n$5\r\nTOKEN\r\n", refused(400, 505), _OTHER),
    Case("version-answer", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nTOKEN", refused(400, 505), _OTHER),
    Case("version-random", bytes((7 * n * n + 3 * n + 200) % 256 for n in range(256)) + b"TOKEN\r\n\r\n",
         refused(400, 505),
         _OTHER),
]  # fmt: skip
