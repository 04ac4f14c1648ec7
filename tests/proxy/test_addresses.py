"""How the address of an origin is written."""

from __future__ import annotations

import ssl

import pytest

from waitroom.proxy import Origin
from waitroom.proxy.address import OriginAddress, TlsAddress, tls_to_origin


@pytest.mark.parametrize(
    ("url", "text", "authority"),
    [
        ("http://shop.example", "http://shop.example", "shop.example"),
        ("http://shop.example:80/", "http://shop.example", "shop.example"),
        ("http://shop.example:443", "http://shop.example:443", "shop.example:443"),
        ("HTTP://Shop.Example:81", "http://shop.example:81", "shop.example:81"),
        ("http://[::1]:81", "http://[::1]:81", "[::1]:81"),
        ("https://shop.example:443", "https://shop.example", "shop.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("unix:///run/shop.sock", "unix:///run/shop.sock", "localhost"),
    ],
)
def test_an_address_is_read(url: str, text: str, authority: str) -> None:
    """Scheme, host and port, or the path of a socket; a socket is called ``localhost``."""
    address = OriginAddress.parse(url)
    assert (text, authority) == (str(address), address.authority)


@pytest.mark.parametrize(
    "url",
    [
        "shop.example",
        "ftp://shop.example",
        "http://",
        "http://shop.example/path",
        "http://shop.example?query",
        "http://user@shop.example",
        "http://shop.example:99999",
        "http://a..b",
        "unix://shop.sock",
        "unix:shop.sock",
        "unix:///run/",
        "unix://",
        "unix:///a\0b",
        f"unix:///{'x' * 107}",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """Anything else is a ValueError."""
    with pytest.raises(ValueError):  # noqa: PT011 - some are the standard library's own words
        OriginAddress.parse(url)


def test_no_address_is_refused() -> None:
    """An origin has at least one address."""
    with pytest.raises(ValueError, match="no address"):
        Origin()


@pytest.mark.parametrize(
    ("url", "server_name", "expected"),
    [
        ("https://shop.example", None, "shop.example"),
        ("https://shop.example.", None, "shop.example"),
        ("https://10.0.0.1:8443", "shop.example", "shop.example"),
    ],
)
def test_the_name_to_prove(url: str, server_name: str | None, expected: str) -> None:
    """It is the URL's host without the final dot, or the one that is given."""
    address = OriginAddress.parse(url, server_name=server_name)
    assert isinstance(address, TlsAddress)
    assert expected == address.server_name


def test_certificates_are_checked() -> None:
    """Name and signature are checked, and nothing older than TLS 1.2 is spoken."""
    tls = tls_to_origin()
    assert (True, ssl.CERT_REQUIRED) == (tls.check_hostname, tls.verify_mode)
    assert ssl.TLSVersion.TLSv1_2 == tls.minimum_version
