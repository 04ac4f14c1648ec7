"""What every shop reads in a path: a doubt opens no door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.gate.rooms import clear_path, readings
from waitroom.shaping.bypass import covers


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("/", "/"),
        ("/static", "/static"),
        ("/static/", "/static/"),
        ("/static/app.3f2a.js", "/static/app.3f2a.js"),
        ("/Static/A", "/Static/A"),
        ("/static/a%20b", "/static/a b"),
        ("/static/a+b@2x,c:d=e&f!", "/static/a+b@2x,c:d=e&f!"),
        ("/static/%40scope", "/static/@scope"),
        ("/kr%C3%BCge/%F0%9F%8F%BA", "/krüge/🏺"),
        ("/static/.well-known/...x", "/static/.well-known/...x"),
    ],
)  # fmt: skip
def test_a_plain_path_is_read_by_all_alike(path: str, read: str) -> None:
    """It is decoded once, and nothing else about it changes."""
    assert read == clear_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "", "*", "static", "http://shop.example/static/a",
        "/static/../checkout", "/static/./a", "/static/a/..", "/static//a", "//static/a",
        "/static/%2e%2e/checkout", "/static/.%2E/checkout", "/static/%252e%252e/checkout",
        "/static/..%2fcheckout", "/static/..%5ccheckout", "/static/a%2Fb", "/static\\..\\checkout",
        "/static/..;/checkout", "/static/a;b", "/static/a%3bb", "/static;/a",
        "/static/%3f/a", "/static/a%23b", "/static/..#", "/static/..?", "/static/100%25", "/static/%25%32%65",
        "/static/a%00.png", "/static/a%0d%0ab", "/static/a%7f", "/static/a%09", "/static/a b", "/static/a\x7fb",
        "/static/.../checkout", "/static/..%20/checkout", "/static/%20/a", "/static/.%20./checkout",
        "/%73tatic/a", "/static/%61", "/static/a%2Db", "/static/a%7Eb",
        "/static/%", "/static/%4", "/static/%zz", "/static/%u002e",
        "/static/%c0%ae%c0%ae/checkout", "/static/%ff", "/static/caf%E9", "/static/caf\xe9",
        "/static/%EF%BC%8E%EF%BC%8E/checkout", "/static/a%EF%BC%8Fb", "/static/%E2%80%A5/checkout",
        "/static/a%EF%BC%9Bb", "/static/a%EF%BC%BCb", "/static/a%E2%84%80b",
    ],
)  # fmt: skip
def test_a_path_that_some_shop_may_read_otherwise_is_not_clear(path: str) -> None:
    """Encoded separators, dot segments, parameters, needless and double encodings, what is no UTF-8 or becomes another
    character when it is normalised."""
    assert clear_path(path) is None


_PIECES = st.sampled_from(
    ["static", "checkout", "/", "/", "..", ".", "%2e", "%2F", "%5c", "\\", ";", "%25", "%252e", "%3f", "#", "?",
     "%00", " ", "%20", "a", "%C3%BC", "%EF%BC%8E", "%EF%BC%8F", "%", "%c0%ae", "~", "%7E", "\t", "%0a"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=8).map(lambda pieces: "/static/" + "".join(pieces)))
def test_no_reading_of_a_clear_path_leads_out_of_its_pattern(path: str) -> None:
    """What a rule for /static/* lets pass lies below /static in every reading that a room reckons with."""
    clear = clear_path(path)
    if clear is not None and covers("/static/*", clear):
        assert all(reading == "/static" or reading.startswith("/static/") for reading in readings(path))
