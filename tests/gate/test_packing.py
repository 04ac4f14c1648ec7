"""Pages as gzip."""

from __future__ import annotations

import gzip
import zlib

import pytest

from waitroom.gate.packing import packed, takes_gzip

HEAD = b"<!doctype html><style>" + b"".join(b"a%d { color: #%06x }" % (n, n * 7919) for n in range(900))


@pytest.mark.parametrize(
    "page",
    [
        HEAD + b"<title>a</title><p>" + "Jūs esat rindā".encode() * 50,
        HEAD + b"<title>b</title>",
        b"<title>no head</title>",
        HEAD,
        b"",
    ],
    ids=["whole", "short", "no-head", "no-title", "empty"],
)
def test_it_unpacks_to_the_page(page: bytes) -> None:
    """By gzip, with its checks; each time anew, and with the same bytes."""
    once = packed(page)
    assert once == packed(page)
    assert page == gzip.decompress(once)


def test_it_is_one_member() -> None:
    """Browsers stop after the first."""
    unpacking = zlib.decompressobj(31)
    assert HEAD + b"<title>a" == unpacking.decompress(packed(HEAD + b"<title>a"))
    assert unpacking.eof
    assert b"" == unpacking.unused_data


def test_what_follows_points_back_into_the_constant_part() -> None:
    """Repeated there, it costs next to nothing."""
    again = HEAD[-2000:]
    assert len(packed(HEAD + b"<title>" + again)) - len(packed(HEAD + b"<title>")) < 60


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"gzip, deflate, br", True),
        (b"br;q=1.0, GZIP;q=0.5", True),
        (b"deflate,gzip", True),
        (b"gzip;q=0", False),
        (b"gzip; q=0.000", False),
        (b"br", False),
        (b"", False),
        (b"x-gzip-like", False),
    ],
)
def test_who_takes_it(value: bytes, expected: bool) -> None:
    """Who names it, and does not give it the weight of nothing."""
    assert expected is takes_gzip([(b"accept", b"text/html"), (b"accept-encoding", value)])
    assert not takes_gzip([(b"accept", b"gzip")])
