"""What inputs are made of: a fuzzer that turns single bytes would hardly ever write these."""

from __future__ import annotations

from typing import Final

MARK: Final = 0xFD
"""An input that begins with this byte is spelled: each further byte stands for a word, or else for itself."""

_HEAD: Final = (
    b"GET ", b"POST ", b"HEAD ", b"OPTIONS ", b"/", b"*", b"/a?b", b" HTTP/1.1\r\n", b" HTTP/1.0\r\n",
    b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b"\0", b":", b": ", b", ", b"; ", b"=", b"_", b"-", b"\x0b",
    b"\xff", b"\x7f", b"Host: shop.example\r\n", b"Host", b"[::1]:80", b"http://shop.example/",
    b"GET / HTTP/1.1\r\nHost: a\r\n", b"POST / HTTP/1.1\r\nHost: a\r\n",
)  # fmt: skip
_FRAMING: Final = (
    b"Content-Length: ", b"Transfer-Encoding: ", b"chunked", b"CHUNKED", b"gzip", b"identity", b"0", b"5", b"05",
    b"+5", b"18446744073709551621", b"content-length", b"transfer-encoding", b"Content_Length: ",
)  # fmt: skip
_FIELDS: Final = (
    b"Connection: ", b"close", b"keep-alive", b"Upgrade", b"Upgrade: ", b"websocket", b"h2c", b"TE: ", b"Expect: ",
    b"100-continue", b"Trailer: ", b"Keep-Alive: ", b"Proxy-Connection: ", b"HTTP2-Settings: ", b"X-A: ", b"x-a",
    b"Cookie: ", b"Set-Cookie: ", b"waitroom_pass_drop=", b"waitroom_ticket_drop=", b"a=b", b";", b"waitroom-room",
    b"Waitroom-Visitor: ", b"waitroom_room: ", b"X-Forwarded-For: ", b"x_forwarded_for: ", b"X-Forwarded-Host: ",
    b"X-Forwarded-Proto: ", b"Forwarded: ", b"X-Real-IP: ", b"Host: ", b"Authorization: ", b"Via: ", b"10.0.0.1",
    b"192.0.2.1:80", b"[2001:db8::1]:80", b"::ffff:10.0.0.1", b"fe80::1%25a", b"https", b"wss", b"unix",
    b"x-forwarded-port: ", b"X-Forwarded_For: ", b"\xfe",
)  # fmt: skip
_CHUNKS: Final = (
    b"5\r\nhello\r\n", b"0\r\n\r\n", b"0\r\n", b"\r\n", b"\r", b"\n", b"5", b"00", b"a", b"F", b"10", b"hello", b";",
    b";a=b", b' ;a="b"', b" ", b"\t", b"X: y\r\n", b":", b"\0", b"\xff", b"\x0b", b"fffffffffffffff", b"1" * 400,
    b"a" * 1100, b"GET / HTTP/1.1\r\n", b"1\r\nx\r\n",
)  # fmt: skip
_PATH: Final = (
    b"/", b"/drop", b"/drop/", b"/vip", b"/sale", b"/a/gate", b"/a%20b", b"/bla%C3%BC", b"drop", b"x", b"a", b"..",
    b".",
    b"/../", b"/..", b"/./", b"//", b"\\", b"%2f", b"%2F", b"%5c", b"%2e", b"%252e", b"%252f", b"%25", b";", b";a=b",
    b"?", b"#", b"%3b", b"%3f", b"%23", b"%00", b"%20", b" ", b"%09", b"DROP", b"%64rop", b"%", b"/x/", b"\0", b"%ff",
)  # fmt: skip
_ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 204 No Content\r\n", b"HTTP/1.1 304 Not Modified\r\n",
    b"HTTP/1.1 100 Continue\r\n", b"HTTP/1.1 103 Early Hints\r\n", b"HTTP/1.1 101 Switching Protocols\r\n",
    b"HTTP/1.1 ", b"404",
    b"200 OK", b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Connection: close\r\n", b"Connection: keep-alive\r\n", b"Connection: Upgrade\r\nUpgrade: h2c\r\n", b"X: y\r\n",
    b"\r\n\r\n", b"hello", b"RTSP/1.0", b"Trailer: X\r\n",
)  # fmt: skip

WORDS: Final[dict[str, tuple[bytes, ...]]] = {
    "head": _HEAD + _FRAMING + _FIELDS,
    "chunks": _CHUNKS,
    "fields": _HEAD + _FRAMING + _FIELDS,
    "raw_fields": _FIELDS + _FRAMING + _HEAD,
    "visitor": _FIELDS,
    "path": _PATH,
    "answer": _ANSWER + _CHUNKS + _FRAMING,
    "reply": _FIELDS + _FRAMING,
}
"""By target."""


def spelled(name: str, data: bytes) -> bytes:
    """The input that ``data`` stands for."""
    if data[:1] != bytes([MARK]):
        return data
    words = WORDS[name]
    return b"".join(words[byte] if byte < len(words) else bytes([byte]) for byte in data[1:])
