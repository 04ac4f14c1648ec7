"""What somebody types into the tester is a request that could be sent, or is refused with what can."""

from __future__ import annotations

import pytest

from waitroom.errors import SettingsError
from waitroom.proxy import TrustedProxies
from waitroom.trial.imagined import Imagined

NOBODY = TrustedProxies()


@pytest.mark.parametrize(
    ("url", "host", "expected"),
    [
        ("/drop", "shop.example", ("shop.example", "/drop", "http")),
        ("https://shop.example/drop?a=b#c", "", ("shop.example", "/drop?a=b", "https")),
        ("https://shop.example", "", ("shop.example", "/", "https")),
        ("https://shop.example?a", "", ("shop.example", "/?a", "https")),
        ("http://shop.example:8080/a/../b", "", ("shop.example:8080", "/a/../b", "http")),
        ("https://shop.example/drop", "other.example", ("other.example", "/drop", "https")),
        ("/schuhe für alle", "shop.example", ("shop.example", "/schuhe%20f%C3%BCr%20alle", "http")),
        ("/a%2f..;x", "shop.example", ("shop.example", "/a%2f..;x", "http")),
        ("https://münchen.example/", "", ("xn--mnchen-3ya.example", "/", "https")),
        ("https://u:p@shop.example/", "", ("shop.example", "/", "https")),
        ("http://[::1]:80/x", "", ("[::1]:80", "/x", "http")),
    ],
)
def test_an_address_becomes_what_a_browser_would_send(
    url: str, host: str, expected: tuple[str, str, str]
) -> None:
    """What is odd in it is kept: that is what is to be tried."""
    request = Imagined(url, host=host).request(NOBODY)
    assert expected == (request.visitor.asked.decode(), request.target, request.scope["scheme"])


@pytest.mark.parametrize(
    ("imagined", "word"),
    [
        (Imagined("drop"), "url"),
        (Imagined("javascript:alert(1)"), "url"),
        (Imagined("/a\r\nX: y", host="a"), "url"),
        (Imagined("/" + "a" * 5000, host="a"), "url"),
        (Imagined("http://[::1/"), "url"),
        (Imagined("/a"), "host"),
        (Imagined("/a", host="a b"), "host"),
        (Imagined("/a", "get", host="a"), "method"),
        (Imagined("/a", "GET /b HTTP/1.1", host="a"), "method"),
        (Imagined("/a", host="a", fields=(("X Y", "1"),)), "headers"),
        (Imagined("/a", host="a", fields=(("X", "1\r\n2"),)), "headers"),
        (Imagined("/a", host="a", fields=(("X", "\u20ac"),)), "headers"),
        (Imagined("/a", host="a", fields=(("Host", "b"),)), "headers"),
        (Imagined("/a", host="a", fields=(("X", "1"),) * 51), "headers"),
        (Imagined("/a", host="a", address="somewhere"), "address"),
        (Imagined("/a", host="a", address=""), "address"),
    ],
)
def test_what_no_client_could_send_is_refused(imagined: Imagined, word: str) -> None:
    """With the name of what is wrong."""
    with pytest.raises(SettingsError, match=f"^{word}: "):
        imagined.request(NOBODY)
