"""Codes of an authenticator app: right once, and asked for where they should be."""

from __future__ import annotations

import re
import time

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from admin.app import build_console
from admin.auth.roles import Role
from admin.auth.totp import RECOVERY_CODES, Totp
from admin.auth.user import User
from admin.console import Console
from tests.admin.conftest import SECRET
from tests.admin.people import PASSWORD, Browser, csrf_in, make_user, post, sign_in, signed_in
from waitroom.assembly.redis import connect
from waitroom.settings import Settings

pytestmark = pytest.mark.anyio

APP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret in somebody's app."""


async def with_app(console: Console, name: str = "anna", role: Role = Role.ADMIN) -> User:
    """A user whose app has the secret."""
    user = await make_user(console, name, role)
    return (await console.people.users.set_totp(user.id, sealed(console)))[1]


def sealed(console: Console) -> str:
    """The app's secret as it is kept."""
    return console.people.totp.seal(APP)


def code(steps: int = 0) -> str:
    """What the app shows now, or so many steps later."""
    shown: str = pyotp.TOTP(APP).at(time.time(), counter_offset=steps)
    return shown


async def second_step(client: httpx.AsyncClient, given: str, to: str = "/") -> httpx.Response:
    """The second page of the sign-in."""
    page = await client.get("/sign-in/code")
    assert 200 == page.status_code
    return await client.post("/sign-in/code", data={"csrf": csrf_in(page.text), "code": given, "to": to})


def test_a_code_of_this_step_and_its_neighbours_is_taken_and_none_that_was_used() -> None:
    """RFC 6238: clocks differ, and a code is good once."""
    totp = Totp(["a secret for tests only"])
    kept, app, now = totp.seal(APP), pyotp.TOTP(APP), 1_000_000_015.0
    here = int(now // 30)
    for steps, found in ((-2, None), (-1, here - 1), (0, here), (1, here + 1), (2, None)):
        assert found == totp.step_of(kept, app.at(now, counter_offset=steps), now=now, after=0)
    assert totp.step_of(kept, app.at(now), now=now, after=here) is None
    assert totp.step_of(kept, app.at(now, counter_offset=-1), now=now, after=here) is None
    spaced = f" {app.at(now)[:3]} {app.at(now)[3:]} "
    assert here == totp.step_of(kept, spaced, now=now, after=here - 1)
    for wrong in ("", "000000", "12345", "1234567", "٠١٢٣٤٥", "é" * 6):
        assert totp.step_of(kept, wrong, now=now, after=0) is None, wrong


def test_the_secret_is_encrypted_and_survives_a_rotation() -> None:
    """With the site's secrets, newest first; without the old one no code is right."""
    old = Totp(["the old secret of the site"])
    kept = old.seal(APP)
    assert APP not in kept
    now = 1_000_000_015.0
    right = pyotp.TOTP(APP).at(now)
    both = Totp(["the new secret of the site", "the old secret of the site"])
    assert both.step_of(kept, right, now=now, after=0) is not None
    assert Totp(["the new secret of the site"]).step_of(kept, right, now=now, after=0) is None


async def test_it_is_asked_for_and_nothing_is_open_before(console: Console, browser: Browser) -> None:
    """The half of a sign-in opens no page and no API; the session after it is another one."""
    await with_app(console)
    client = browser()
    answer = await sign_in(client, "anna", to="/account")
    assert (303, "/sign-in/code?to=%2Faccount") == (answer.status_code, answer.headers["location"])
    half = client.cookies["__Host-waitroom_console"]
    for path in ("/", "/account", "/access"):
        assert "/sign-in" in (await client.get(path)).headers["location"]
    assert 401 == (await client.get("/api/rooms", headers={"accept": "*/*"})).status_code
    assert 303 == (await client.get("/sign-in/set-up")).status_code
    answer = await second_step(client, code(), to="/account")
    assert (303, "/account") == (answer.status_code, answer.headers["location"])
    assert half != client.cookies["__Host-waitroom_console"]
    assert 200 == (await client.get("/account")).status_code


async def test_a_code_that_was_seen_is_worth_nothing(console: Console, browser: Browser) -> None:
    """Not a second time, from whichever browser."""
    await with_app(console)
    first, second = browser(), browser()
    await sign_in(first, "anna")
    await sign_in(second, "anna")
    used = code()
    assert 303 == (await second_step(first, used)).status_code
    answer = await second_step(second, used)
    assert (401, True) == (answer.status_code, "was used already" in answer.text)
    assert 303 == (await second_step(second, code(1))).status_code


async def test_codes_are_not_guessed(console: Console, browser: Browser) -> None:
    """Five attempts, then each takes longer, whichever browser it comes from."""
    await with_app(console)
    for turn in range(5):
        client = browser(address=f"198.51.100.{turn}")
        await sign_in(client, "anna")
        assert 401 == (await second_step(client, "000000")).status_code
    client = browser(address="198.51.100.99")
    await sign_in(client, "anna")
    assert 429 == (await second_step(client, code())).status_code


async def test_a_recovery_code_lets_in_once(console: Console, browser: Browser) -> None:
    """However it is typed."""
    user = await with_app(console)
    codes = await console.people.recovery_codes.make(user.id)
    assert (RECOVERY_CODES, RECOVERY_CODES) == (len(codes), len(set(codes)))
    for typed, status in ((codes[0], 303), (codes[0], 401), (codes[1].upper().replace("-", " "), 303)):
        client = browser()
        await sign_in(client, "anna")
        assert status == (await second_step(client, typed)).status_code
    other = await with_app(console, "bob")
    assert not await console.people.recovery_codes.use(other.id, codes[2])
    assert RECOVERY_CODES - 2 == await console.people.recovery_codes.left(user.id)


async def test_one_sets_it_up_with_the_first_code(console: Console, browser: Browser) -> None:
    """The secret is shown once, as a picture and as letters; the recovery codes too. Other sign-ins end."""
    await make_user(console, "anna", Role.VIEWER)
    anna, elsewhere = await signed_in(browser(), "anna"), await signed_in(browser(), "anna")
    page = (await anna.get("/account/codes")).text
    secret = re.search(r'class="secret">([A-Z2-7]{32})<', page)
    offer = re.search(r'name="offer" value="([^"]+)"', page)
    assert secret is not None
    assert offer is not None
    assert "data:image/svg+xml" in page
    app = pyotp.TOTP(secret[1])
    wrong = await post(anna, "/account/codes", offer=offer[1], code="000000")
    assert (422, True) == (wrong.status_code, secret[1] in wrong.text)
    assert 422 == (await post(anna, "/account/codes", offer="forged", code=app.now())).status_code
    right = await post(anna, "/account/codes", offer=offer[1], code=app.now())
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", right.text)
    assert (200, RECOVERY_CODES) == (right.status_code, len(codes))
    assert 303 == (await elsewhere.get("/")).status_code
    assert 200 == (await anna.get("/account")).status_code
    assert secret[1] not in (await anna.get("/account")).text
    fresh = browser()
    answer = await sign_in(fresh, "anna")
    assert answer.headers["location"].startswith("/sign-in/code")
    assert 401 == (await second_step(fresh, app.now())).status_code, "the first code was used"
    assert 303 == (await second_step(fresh, codes[3])).status_code


async def test_turning_it_off_takes_the_password(console: Console, browser: Browser) -> None:
    """Whoever finds an open laptop cannot; other sign-ins end, and the recovery codes are over."""
    user = await with_app(console)
    codes = await console.people.recovery_codes.make(user.id)
    anna = browser()
    await sign_in(anna, "anna")
    await second_step(anna, code())
    for path in ("/account/codes/off", "/account/codes/recovery"):
        assert 422 == (await post(anna, path, password="a wrong one")).status_code
    shown = await post(anna, "/account/codes/recovery", password=PASSWORD)
    renewed = re.findall(r"<li><code>([a-z0-9-]+)</code>", shown.text)
    assert (RECOVERY_CODES, set()) == (len(renewed), set(codes) & set(renewed))
    assert not await console.people.recovery_codes.use(user.id, codes[0])
    answer = await post(anna, "/account/codes/off", password=PASSWORD)
    assert "/account?done=codes-off" == answer.headers["location"]
    assert 200 == (await anna.get("/")).status_code
    assert not await console.people.recovery_codes.use(user.id, renewed[0])
    assert "/" == (await sign_in(browser(), "anna")).headers["location"]


async def test_a_role_can_need_it(settings: Settings, redis: Redis, browser: Browser) -> None:
    """Whoever has that role and no app sets it up before anything else; it cannot be turned off then."""
    needing = settings.model_copy(
        update={"sign_in": settings.sign_in.model_copy(update={"codes_for": ("admin",)})}
    )
    made: FastAPI = build_console(needing, connect(settings.redis_url or ""), [SECRET])
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    async with (
        made.router.lifespan_context(made),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(made), base_url="https://a.test", headers=headers
        ) as anna,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(made), base_url="https://a.test", headers=headers
        ) as bob,
    ):
        console: Console = made.state.console
        await make_user(console, "anna", Role.ADMIN)
        await make_user(console, "bob", Role.OPERATOR)
        assert "/" == (await sign_in(bob, "bob")).headers["location"]
        answer = await sign_in(anna, "anna")
        assert answer.headers["location"].startswith("/sign-in/set-up")
        assert 303 == (await anna.get("/")).status_code
        assert 303 == (await anna.get("/account/codes")).status_code
        page = (await anna.get("/sign-in/set-up")).text
        secret = re.search(r'class="secret">([A-Z2-7]{32})<', page)
        offer = re.search(r'name="offer" value="([^"]+)"', page)
        assert secret is not None
        assert offer is not None
        form = {"csrf": csrf_in(page), "offer": offer[1], "code": pyotp.TOTP(secret[1]).now()}
        shown = await anna.post("/sign-in/set-up", data=form)
        assert (200, True) == (shown.status_code, "Your recovery codes" in shown.text)
        assert 200 == (await anna.get("/")).status_code
        assert 409 == (await post(anna, "/account/codes/off", password=PASSWORD)).status_code
