"""Whose scripts may read: origins as browsers write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from waitroom.settings import load

Refused = Callable[..., list[str]]
Write = Callable[[str], Path]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("https://www.shop.example", "https://www.shop.example"),
        ("HTTPS://WWW.Shop.Example:443", "https://www.shop.example"),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://[::1]", "http://[::1]"),
        ("capacitor://localhost", "capacitor://localhost"),
    ],
)
def test_an_origin_is_compared_as_a_browser_sends_it(given: str, sent: str, write: Write) -> None:
    """In lower case, in ASCII, without the port that is understood."""
    assert (sent,) == load(write(f'origin = "http://a"\ncors_origins = ["{given}"]'), environ={}).cors_origins


@pytest.mark.parametrize(
    "given",
    ["*", "null", "www.shop.example", "https://", "https://a.example/", "https://a.example/x", "https://*.a.example",
     "https://a@b.example", "https://a.example:0", "https://a.example:99999", "https://a.example:",
     "https://a b.example"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(given: str, refused: Refused) -> None:
    """A star above all: with cookies browsers do not take it, and it would be for everyone."""
    (complaint,) = refused(f'cors_origins = ["{given}"]')
    assert f'cors_origins[0]: given "{given}"; allowed: a list of origins without path' in complaint
