"""Who the visitor is, behind other proxies."""

from __future__ import annotations

import pytest

from waitroom.proxy import TrustedProxies, Visitor

Headers = list[tuple[bytes, bytes]]
PROXIES = TrustedProxies(["10.0.0.0/8", "2001:db8::/32", "127.0.0.1"])
PEER = ("10.0.0.1", 80)


def _behind(*chain: bytes) -> str:
    return PROXIES.visitor(PEER, [(b"x-forwarded-for", value) for value in chain]).address


def test_a_strangers_claims_are_not_believed() -> None:
    """Of an untrusted peer, only the connection itself is believed."""
    headers = [
        (b"host", b"shop.example"),
        (b"x-forwarded-for", b"10.0.0.7"),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", b"evil.example"),
    ]
    found = PROXIES.visitor(("192.0.2.9", 1), headers, scheme="http")
    assert found == Visitor("192.0.2.9", "http", b"shop.example", b"shop.example")


def test_a_trusted_proxys_claims_are_believed() -> None:
    """Of a trusted peer, address, scheme and host are taken; the nearest proxy's word counts."""
    headers = [
        (b"host", b"internal"),
        (b"x-forwarded-for", b"192.0.2.9"),
        (b"x-forwarded-proto", b"http, https"),
        (b"x-forwarded-host", b"evil.example, shop.example:8443"),
    ]
    assert PROXIES.visitor(PEER, headers) == Visitor("192.0.2.9", "https", b"shop.example:8443", b"internal")


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        ([b"1.2.3.4, 192.0.2.9, 10.0.0.2"], "192.0.2.9"),
        ([b"1.2.3.4", b"192.0.2.9", b"10.0.0.2,10.0.0.3"], "192.0.2.9"),
        ([b"10.0.0.9, 10.0.0.2"], "10.0.0.9"),
        ([b"192.0.2.9:1234"], "192.0.2.9"),
        ([b"[2001:470::1]:443, 2001:db8::5"], "2001:470::1"),
        ([b"::ffff:192.0.2.9"], "192.0.2.9"),
        ([b"192.0.2.9, unknown, 10.0.0.2"], "10.0.0.2"),
        ([b"192.0.2.9, <script>"], "10.0.0.1"),
        ([b""], "10.0.0.1"),
        ([], "10.0.0.1"),
    ],
)
def test_the_chain_is_walked_from_the_right(chain: list[bytes], address: str) -> None:
    """Trusted addresses are passed over, the first other one is the visitor; a non-address ends the walk."""
    assert _behind(*chain) == address


@pytest.mark.parametrize("host", [b"a b", b"a/b", b"a\tb", b"", b"x" * 300])
def test_an_impossible_host_is_not_believed(host: bytes) -> None:
    """A forwarded host that cannot be one leaves the Host that was sent."""
    headers = [(b"host", b"shop.example"), (b"x-forwarded-host", host)]
    assert PROXIES.visitor(PEER, headers).host == b"shop.example"


def test_an_unknown_scheme_is_not_believed() -> None:
    """A forwarded scheme other than http and https leaves that of the connection."""
    assert PROXIES.visitor(PEER, [(b"x-forwarded-proto", b"gopher")], scheme="https").scheme == "https"


def test_a_unix_socket_peer_is_trusted_by_name() -> None:
    """A peer without address is believed when ``unix`` is among the trusted."""
    headers = [(b"x-forwarded-for", b"192.0.2.9")]
    assert TrustedProxies(["unix"]).visitor(None, headers).address == "192.0.2.9"
    assert TrustedProxies().visitor(None, headers).address == "unix"


def test_a_wrong_network_is_named() -> None:
    """What is no network is refused at once, by its name."""
    with pytest.raises(ValueError, match=r"'10\.0\.0\.0/99'"):
        TrustedProxies(["10.0.0.0/99"])


@pytest.mark.parametrize(
    ("forwarded", "visitor"),
    [
        (b"for=192.0.2.9;proto=https;host=shop.example", ("192.0.2.9", "https", b"shop.example")),
        (b'for=10.9.9.9, For="[2001:db9::1]:4711"; Proto=HTTPS', ("2001:db9::1", "https", b"internal")),
        (
            b'for="a,b;for=192.0.2.1", for=192.0.2.9;host="shop.example:81"',
            ("192.0.2.9", "http", b"shop.example:81"),
        ),
        (b"for=unknown;proto=gopher", ("10.0.0.1", "http", b"internal")),
        (b"for=192.0.2.9;;;", ("10.0.0.1", "http", b"internal")),
    ],
    ids=["one", "several", "quoted", "nobody", "malformed"],
)
def test_forwarded_of_a_trusted_proxy_is_believed(forwarded: bytes, visitor: tuple[str, str, bytes]) -> None:
    """RFC 7239, read from the right as X-Forwarded-For is; what is malformed says nothing."""
    found = PROXIES.visitor(PEER, [(b"host", b"internal"), (b"forwarded", forwarded)])
    assert visitor == found[:3]


def test_x_forwarded_fields_go_before_forwarded() -> None:
    """Where a proxy says both, the older fields count, which it surely writes itself."""
    headers = [(b"x-forwarded-for", b"192.0.2.9"), (b"forwarded", b"for=192.0.2.1;proto=https")]
    assert ("192.0.2.9", "http") == PROXIES.visitor(PEER, headers)[:2]
