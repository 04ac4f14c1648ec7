"""What crosses the gateway, and what never does."""

from __future__ import annotations

import pytest

from tests.contract.harness import APP, House, entered, reached, session_of

pytestmark = pytest.mark.anyio


@pytest.mark.room
async def test_nothing_of_ours_reaches_the_shop(house: House) -> None:
    """No cookie and no header of the gateway, in any spelling; the shop's own cookies do."""
    visitor = house.visitor()
    await visitor.get("/lab/echo")
    visitor.cookies.set("cart", "c1")
    visitor.cookies.set("waitroom_pass_elsewhere", "x")
    forged = {
        "waitroom-visitor": "forged", "waitroom-room": "forged", "waitroom-anything": "forged",
        "Waitroom_Visitor": "forged", "x-forwarded-host": "forged", "forwarded": "for=forged", "x-real-ip": "forged",
    }  # fmt: skip
    headers = reached(await visitor.get("/lab/echo", headers=forged))
    assert ["cart=c1"] == headers["cookie"]
    assert not any("forged" in value for values in headers.values() for value in values)
    ours = {name for name in headers if name.replace("_", "-").startswith("waitroom-")}
    assert {"waitroom-room", "waitroom-visitor"} == ours


@pytest.mark.room
async def test_the_shop_cannot_speak_for_the_gateway(house: House) -> None:
    """Its imitations of our headers and cookies do not reach the visitor; its other ones do."""
    visitor = house.visitor()
    await visitor.get("/lab/echo")
    query = (
        "waitroom-room=forged&waitroom-pass=forged&waitroom-anything=forged"
        f"&set-cookie=waitroom_pass_{house.name}%3Dforged&set-cookie=%3Dwaitroom_pass_x%3Dforged&set-cookie=cart%3D1"
        "&x-shop=yes"
    )
    answer = await visitor.get(f"/lab/set-headers?{query}")
    assert (["cart=1"], "yes") == (answer.headers.get_list("set-cookie"), answer.headers["x-shop"])
    assert not any(name.startswith("waitroom") for name in answer.headers)
    assert "forged" not in str(answer.headers)


@pytest.mark.room
async def test_an_answer_with_our_cookie_is_not_for_caches(house: House) -> None:
    """Whatever the shop says of it, and to whom; its next answer is as the shop wants it."""
    query = (
        "/lab/set-headers?cache-control=public,max-age%3D3600&expires=Thu,01Jan2099&surrogate-control=max-age%3D9"
        "&cdn-cache-control=max-age%3D9&cloudflare-cdn-cache-control=max-age%3D9&x-accel-expires=9&etag=%22e%22"
    )
    visitor = house.visitor()
    first, second = await visitor.get(query), await visitor.get(query)
    assert first.headers.get_list("set-cookie")
    assert ["private, no-cache"] == first.headers.get_list("cache-control")
    for name in (
        "expires",
        "surrogate-control",
        "cdn-cache-control",
        "cloudflare-cdn-cache-control",
        "x-accel-expires",
    ):
        assert (False, True) == (name in first.headers, name in second.headers)
    assert '"e"' == first.headers["etag"]
    assert [] == second.headers.get_list("set-cookie")
    assert ["public,max-age=3600"] == second.headers.get_list("cache-control")


@pytest.mark.room
async def test_the_shop_ends_a_visit(house: House) -> None:
    """After ``Waitroom-Command: done`` the cookies are gone, and copies of them open no more of that visit."""
    visitor = house.visitor()
    visit = session_of(await visitor.get("/lab/echo"))
    copied = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    answer = await visitor.get("/lab/set-headers?waitroom-command=done&x-shop=yes")
    assert (200, "yes", "headers set") == (answer.status_code, answer.headers["x-shop"], answer.text)
    assert "waitroom-command" not in answer.headers
    # what is left names the place that was, for the support desk
    assert (house.cookie(visitor, "ticket") or "~~former=").startswith("~~former=")
    assert house.cookie(visitor, "pass") is None

    async def over() -> bool:
        # a worker that has not heard of it yet still honours the pass, for a second
        shown = await house.visitor(cookie=copied).get("/lab/echo")
        return shown.status_code != 200 or session_of(shown) != visit

    await house.everywhere(over)
    assert visit != session_of(await entered(visitor))


@pytest.mark.room
async def test_the_shops_word_for_something_else_is_dropped(house: House) -> None:
    """An unknown command changes nothing."""
    visitor = house.visitor()
    visit = session_of(await visitor.get("/lab/echo"))
    answer = await visitor.get("/lab/set-headers?waitroom-command=dance")
    assert "waitroom-command" not in answer.headers
    assert visit == session_of(await visitor.get("/lab/echo"))


@pytest.mark.room
async def test_the_shops_errors_are_the_shops(house: House) -> None:
    """Its own 404, 500 and 503 pass as they are."""
    visitor = house.visitor()
    for status in (404, 500, 503):
        answer = await visitor.get(f"/lab/status/{status}")
        assert (status, f"status {status}") == (answer.status_code, answer.text)


@pytest.mark.room(mode="pause")
async def test_a_pass_of_one_room_opens_no_other(house: House) -> None:
    """Its cookie has another name, and its content another room."""
    other = house.visitor(APP, waitroom_pass="other:1:general:1:1.AAAA", cookie="waitroom_pass_other=x")
    assert 503 == (await other.get("/lab/echo")).status_code


@pytest.mark.room
async def test_whoever_gets_the_same_page_gets_tokens_of_their_own(house: House) -> None:
    """What the shop says in the same words to all is understood once; what the gateway adds is each visitor's."""
    handed: list[str] = []
    for _ in range(40):
        visitor = house.visitor()
        first = await visitor.get("/lab/set-headers?x-shop=the+same")
        again = await visitor.get("/lab/set-headers?x-shop=the+same")
        assert ("the same", "the same") == (first.headers["x-shop"], again.headers["x-shop"])
        assert [] == again.headers.get_list("set-cookie")
        assert "private, no-cache" == first.headers["cache-control"]
        assert "private, no-cache" != again.headers.get("cache-control")
        handed += [cookie.partition(";")[0] for cookie in first.headers.get_list("set-cookie")]
    assert 80 == len(set(handed)) == len(handed)
