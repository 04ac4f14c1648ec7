"""The cookies' attributes, and whose word counts for HTTPS."""

from __future__ import annotations

import pytest

from tests.contract.harness import PAGE, House, reached

pytestmark = pytest.mark.anyio

PROXY = "127.0.0.2"
"""The one address of the loopback that the gateway's configuration trusts."""


def attributes(cookie: str) -> set[str]:
    """What stands behind a cookie's value."""
    return {part.strip().lower() for part in cookie.split(";")[1:]}


@pytest.mark.room
async def test_by_http(house: House) -> None:
    """For the whole site, out of reach of scripts, not sent with other sites' requests; not Secure."""
    answer = await house.visitor().get("/lab/echo")
    cookies = answer.headers.get_list("set-cookie")
    assert 2 == len(cookies)
    for cookie in cookies:
        assert {"path=/", "httponly", "samesite=lax", "max-age=86400"} == attributes(cookie)


@pytest.mark.room(mode="pause")
async def test_by_https_behind_a_trusted_proxy(house: House) -> None:
    """The proxy's word makes them Secure, while waiting as well."""
    visitor = house.visitor(PAGE, local_address=PROXY, x_forwarded_proto="https")
    (cookie,) = (await visitor.get("/")).headers.get_list("set-cookie")
    assert "secure" in attributes(cookie)


@pytest.mark.room
async def test_anybody_elses_word_for_https_does_not_count(house: House) -> None:
    """Neither for the cookies nor towards the shop, nor does an address that they claim."""
    visitor = house.visitor(PAGE, x_forwarded_proto="https", x_forwarded_for="203.0.113.9")
    answer = await visitor.get("/lab/echo")
    assert not any("secure" in attributes(cookie) for cookie in answer.headers.get_list("set-cookie"))
    assert (["http"], ["127.0.0.1"]) == (
        reached(answer)["x-forwarded-proto"],
        reached(answer)["x-forwarded-for"],
    )


@pytest.mark.room
async def test_a_trusted_proxys_word_reaches_the_shop(house: House) -> None:
    """Address, scheme and host of the visitor."""
    visitor = house.visitor(
        PAGE, local_address=PROXY, x_forwarded_proto="https", x_forwarded_for="203.0.113.9"
    )
    headers = reached(await visitor.get("/lab/echo"))
    assert (["203.0.113.9, 127.0.0.2"], ["https"]) == (
        headers["x-forwarded-for"],
        headers["x-forwarded-proto"],
    )
    assert [house.host] == headers["host"] == headers["x-forwarded-host"]


@pytest.mark.room
async def test_the_renewed_cookies_are_secure_as_well(house: House) -> None:
    """And so are those that take them away."""
    visitor = house.visitor(PAGE, local_address=PROXY, x_forwarded_proto="https")
    answer = await visitor.get("/lab/set-headers?waitroom-command=done")
    cookies = answer.headers.get_list("set-cookie")
    assert [True] * 2 == ["secure" in attributes(cookie) for cookie in cookies]
    assert [False, True] == ["max-age=0" in attributes(cookie) for cookie in cookies]
