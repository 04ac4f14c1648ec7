"""What `redis_url` may say."""

from __future__ import annotations

import pytest

from waitroom.redis.address import Kind, RedisAddress


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://127.0.0.1", RedisAddress(Kind.SINGLE, uses_tls=False)),
        ("rediss://u:p@redis.internal:6380/2", RedisAddress(Kind.SINGLE, uses_tls=True)),
        ("unix:///run/redis.sock", RedisAddress(Kind.SINGLE, uses_tls=False)),
        (
            "redis+sentinel://u:p%40ss@a,b:26380,[::1]:1/the%20line/3?sentinel_password=s%26t",
            RedisAddress(
                Kind.SENTINEL,
                uses_tls=False,
                servers=(("a", 26379), ("b", 26380), ("::1", 1)),
                service="the line",
                database=3,
                username="u",
                password="p@ss",
                sentinel_password="s&t",
            ),
        ),
        (
            "rediss+sentinel://a/line",
            RedisAddress(Kind.SENTINEL, uses_tls=True, servers=(("a", 26379),), service="line"),
        ),
        (
            "REDISS+cluster://:p@a:7000,b/0",
            RedisAddress(Kind.CLUSTER, uses_tls=True, servers=(("a", 7000), ("b", 6379)), password="p"),
        ),
    ],
)
def test_addresses_are_read(url: str, expected: RedisAddress) -> None:
    """Of a single server the client library reads the rest."""
    assert expected == RedisAddress.parse(url)


@pytest.mark.parametrize(
    "url",
    [
        "redis+cluster://a:7000,b:7001/1",
        "redis+cluster://",
        "redis+cluster://a:7000,,b",
        "redis+cluster://a:0",
        "redis+cluster://a:70000",
        "redis+cluster://a b",
        "redis+cluster://a?sentinel_password=x",
        "redis+sentinel://a:26379",
        "redis+sentinel://a:26379/line/x",
        "redis+sentinel://a/line?pasword=x",
        "redis+sentinel://a/line#1",
        "redis+valkey://a",
        "sentinel://a/line",
        "unix://",
        "redis://",
    ],
)
def test_others_are_refused(url: str) -> None:
    """A database that a cluster has not, a master without a name, an option that nobody knows."""
    with pytest.raises(ValueError, match=r".+"):
        RedisAddress.parse(url)
