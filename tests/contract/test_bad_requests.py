"""What is no proper request gets a clear 4xx, and the connection is closed."""

from __future__ import annotations

import pytest

from tests.contract.harness import Gateway

pytestmark = pytest.mark.anyio

HOST = "Host: shop.example\r\n"


async def told(gateway: Gateway, request: str) -> tuple[int, bool]:
    """The status of the one answer, and whether the connection was closed then."""
    answer, closed = await gateway.raw(request.encode("latin-1"), seconds=2)
    assert 1 == answer.count(b"HTTP/1.1 ")
    return int(answer.split()[1]), closed


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (f"GET / HTTP/1.1\r\n{HOST}Cookie: x={'a' * 8192}\r\n\r\n", 431),
        (f"GET / HTTP/1.1\r\n{HOST}Waitroom-Ticket: {'a' * 8192}\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        (f"GET / HTTP/1.1\r\n{HOST}{HOST}\r\n", 400),
        (f"GET / HTTP/1.1\r\n{HOST}host: other.example\r\n\r\n", 400),
        (f"GET http://shop.example/ HTTP/1.1\r\n{HOST}\r\n", 400),
        (f"GET http://other.example/ HTTP/1.1\r\n{HOST}\r\n", 400),
        (f"CONNECT shop.example:443 HTTP/1.1\r\n{HOST}\r\n", 400),
        (f"BREW / HTTP/1.1\r\n{HOST}\r\n", 501),
        (f"get / HTTP/1.1\r\n{HOST}\r\n", 400),
        (f"GET shop HTTP/1.1\r\n{HOST}\r\n", 400),
        (f"GET / HTTP/9.9\r\n{HOST}\r\n", 505),
        (f"GET /\x80 HTTP/1.1\r\n{HOST}\r\n", 400),
        (f"GET / HTTP/1.1\r\n{HOST}X: a\x00b\r\n\r\n", 400),
        (f"GET / HTTP/1.1\r\n{HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (f"GET / HTTP/1.1\r\n{HOST}Content-Length: x\r\n\r\n", 400),
        (f"POST / HTTP/1.1\r\n{HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    ],
    ids=[
        "cookie-too-long", "ticket-too-long", "no-host", "two-hosts", "two-other-hosts", "absolute-form",
        "absolute-form-elsewhere", "connect", "unknown-method", "lower-case-method", "no-path", "unknown-version",
        "raw-bytes", "nul", "two-lengths", "no-length", "smuggling", "tls",
    ],
)  # fmt: skip
async def test_what_is_no_request_is_refused(gateway: Gateway, request_text: str, status: int) -> None:
    """With one answer; whatever else was sent on the connection is not read."""
    assert (status, True) == await told(gateway, request_text)


async def test_the_gateway_goes_on_serving_meanwhile(gateway: Gateway) -> None:
    """A refusal is of one connection alone; a long cookie that is just short enough passes."""
    await told(gateway, "junk\r\n\r\n")
    request = f"GET /health HTTP/1.1\r\n{HOST}Cookie: x={'a' * 8000}\r\nConnection: close\r\n\r\n"
    answer, closed = await gateway.raw(request.encode())
    assert (b"200", True) == (answer.split()[1], closed)
