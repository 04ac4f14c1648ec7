"""The origin that the proxy's tests are run against."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import httpx
import pytest


@pytest.fixture
def lab(start_shop: Callable[..., str]) -> Iterator[httpx.Client]:
    """A client at a shop with its lab."""
    with httpx.Client(base_url=start_shop("--lab"), trust_env=False) as client:
        yield client


def test_the_lab_is_shut_by_default(start_shop: Callable[..., str]) -> None:
    """Without the flag there is no /lab."""
    assert 404 == httpx.get(start_shop() + "/lab/echo", trust_env=False).status_code


def test_echo_tells_what_arrived(lab: httpx.Client) -> None:
    """Request line, headers in order, and the body's digest."""
    body = b"x" * 100_000
    told = lab.put("/lab/echo/a%2Fb?q=1&q=2", content=body, headers=[("X-A", "1"), ("X-A", "2")]).json()
    assert ("PUT", "/lab/echo/a%2Fb", "q=1&q=2") == (told["method"], told["raw_path"], told["query"])
    assert [["x-a", "1"], ["x-a", "2"]] == [pair for pair in told["headers"] if pair[0] == "x-a"]
    assert (100_000, hashlib.sha256(body).hexdigest()) == (told["body_length"], told["body_sha256"])


def test_bytes_come_with_a_length_or_in_chunks(lab: httpx.Client) -> None:
    """As many bytes as asked for, framed either way."""
    plain, chunked = lab.get("/lab/bytes/200000"), lab.get("/lab/bytes/200000?chunked")
    assert (200_000, "200000") == (len(plain.content), plain.headers["Content-Length"])
    assert "chunked" == chunked.headers["Transfer-Encoding"]
    assert plain.content == chunked.content
    assert b"" == lab.get("/lab/bytes/0").content


def test_answers_of_every_kind(lab: httpx.Client) -> None:
    """Status codes, slow answers, events, cookies and headers come as asked for."""
    assert [204, 418, 500] == [lab.get(f"/lab/status/{code}").status_code for code in (204, 418, 500)]
    assert "slow done" == lab.get("/lab/slow?seconds=0.1&body").text
    assert 3 == lab.get("/lab/sse?every=0").text.count("event: tick")
    assert 2 == len(lab.get("/lab/set-cookies").headers.get_list("Set-Cookie"))
    assert ["1", "2"] == lab.get("/lab/set-headers?X-A=1&X-A=2").headers.get_list("X-A")
    assert 400 == lab.get("/lab/set-headers?X-A=1%0d%0aX-B:2").status_code


def test_a_connection_can_be_cut(lab: httpx.Client) -> None:
    """The answer breaks off before its promised length."""
    with pytest.raises(httpx.RemoteProtocolError):
        lab.get("/lab/cut")
