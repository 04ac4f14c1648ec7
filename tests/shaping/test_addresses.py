"""What is kept of an address."""

from __future__ import annotations

import pytest

from waitroom.shaping.addresses import PERIOD_MS, Hasher, whence

DAY = 20_000 * PERIOD_MS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("192.0.2.1", "::ffff:c000:201"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:DB8:1:2::1", "2001:0db8:0001:0002:0:0:0:1"),
        ("fe80::1%eth0", "fe80::1%eth1"),
    ],
)
def test_one_address(one: str, other: str) -> None:
    """An IPv4 address in an IPv6 one is itself; of an IPv6 address the first 64 bits count."""
    assert whence(one) == whence(other)
    assert whence(one) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "192.0.2.254"),
        ("192.0.2.1", "::ffff:192.0.2.9"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
    ],
)
def test_two_addresses_of_a_network(one: str, other: str) -> None:
    """The first 24 bits of an IPv4 address, and the first 48 of an IPv6 one, are its network."""
    first, second = whence(one), whence(other)
    assert first is not None and second is not None
    assert first.network == second.network
    assert first.address != second.address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "192.0.3.1"),
        ("2001:db8:1:2::1", "2001:db8:2:2::1"),
        ("32.1.13.184", "2001:db8::"),  # the same first bytes
    ],
)
def test_two_networks(one: str, other: str) -> None:
    """Addresses of different networks, or of different protocols, have nothing in common."""
    first, second = whence(one), whence(other)
    assert first is not None and second is not None
    assert {*first}.isdisjoint(second)


@pytest.mark.parametrize("address", ["", "unix", "testclient", "192.0.2", "1.2.3.4.5", "::g"])
def test_what_is_no_address(address: str) -> None:
    """A peer without an address is of no place, and raises nothing."""
    assert whence(address) is None


def test_a_hash_is_of_one_secret_one_room_and_one_day() -> None:
    """The same address has another hash for another secret, in another room, and on another day; else the same."""
    place = b"4" + bytes([192, 0, 2, 1])
    hashes = {
        Hasher("one secret", "drop")(place, DAY),
        Hasher("another secret", "drop")(place, DAY),
        Hasher("one secret", "other")(place, DAY),
        Hasher("one secret", "drop")(place, DAY + PERIOD_MS),
    }
    assert 4 == len(hashes)
    again = Hasher("one secret", "drop")
    assert again(place, DAY) in hashes
    assert again(place, DAY) == again(place, DAY + PERIOD_MS - 1)
    assert again(place, DAY + PERIOD_MS) in hashes
    assert again(b"4" + bytes([192, 0, 2, 2]), DAY) not in hashes


def test_a_hash_shows_nothing() -> None:
    """It is 16 characters that are safe in a key, and the hasher's own text shows no secret."""
    hasher = Hasher("one secret", "drop")
    name = hasher(b"4" + bytes([192, 0, 2, 1]), DAY)
    assert 16 == len(name)
    assert name.replace("-", "").replace("_", "").isalnum()
    assert "secret" not in repr(hasher)
