"""Requests that another site made a browser send do nothing."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from admin.app import build_console
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import SECRET, Client
from tests.admin.people import (
    BASE,
    OTHER_PASSWORD,
    PASSWORD,
    Browser,
    make_user,
    post,
    sign_in,
    signed_in,
    token_of,
)
from waitroom.assembly.redis import connect
from waitroom.settings import Settings

pytestmark = pytest.mark.anyio

ELSEWHERE: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    {"sec-fetch-site": "same-site", "origin": "https://other.test"},
    {"sec-fetch-site": "cross-site", "origin": BASE},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "", "origin": "https://evil.example"},
    {"sec-fetch-site": "nonsense"},
]
OLD_BROWSERS = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "https://console.test.evil.example"},
    {"origin": "https://console.test:444"},
    {"origin": "https://[console.test"},
    {},
]
"""What they send who say nothing of the site: those with none of both fields are no browsers of today."""


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
async def test_what_comes_from_elsewhere_is_refused_even_with_the_right_token(
    console: Console, browser: Browser, headers: dict[str, str]
) -> None:
    """A form and a script's request alike; the refusal is in the audit log."""
    await make_user(console, "anna", Role.ADMIN)
    anna = await signed_in(browser(), "anna")
    token = await token_of(anna)
    form = {"csrf": token, "name": "eve", "role": "admin"}
    assert 403 == (await anna.post("/access/users", data=form, headers=headers)).status_code
    script = {**headers, "x-csrf-token": token}
    assert 403 == (await anna.post("/access/users", json={}, headers=script)).status_code
    assert ["anna"] == [user.name for user in await console.people.users.all()]


@pytest.mark.parametrize("headers", OLD_BROWSERS, ids=str)
async def test_without_fetch_metadata_the_origin_counts(
    console: Console, browser: Browser, headers: dict[str, str]
) -> None:
    """It must be the console's own; where there is none, no session counts."""
    await make_user(console, "anna", Role.ADMIN)
    anna = await signed_in(browser(), "anna")
    token = await token_of(anna)
    form = {"csrf": token, "name": "bob", "role": "viewer"}
    del anna.headers["sec-fetch-site"]
    assert 403 == (await anna.post("/access/users", data=form, headers=headers)).status_code
    assert 200 == (await anna.post("/access/users", data=form, headers={"origin": BASE})).status_code


@pytest.mark.parametrize("token", [None, "", "0" * 64, "another session's"])
async def test_each_form_has_its_sessions_token(
    console: Console, browser: Browser, token: str | None
) -> None:
    """The second line: without it nothing is done, from the console's own origin too."""
    await make_user(console, "anna", Role.ADMIN)
    if token == "another session's":
        token = await token_of(await signed_in(browser(), "anna"))
    anna = await signed_in(browser(), "anna")
    form = {"name": "eve", "role": "admin"} | ({} if token is None else {"csrf": token})
    assert 403 == (await anna.post("/access/users", data=form)).status_code
    assert 403 == (await anna.post("/access/users", files={"file": b"x"}, data=form)).status_code
    plain = {"content-type": "text/plain"}
    assert 403 == (await anna.post("/access/users", content=b"name=eve", headers=plain)).status_code
    assert ["anna"] == [user.name for user in await console.people.users.all()]


async def test_nobody_is_signed_in_as_somebody_else_by_another_site(
    console: Console, browser: Browser
) -> None:
    """Login CSRF: else a victim would work in the attacker's account."""
    await make_user(console, "eve", Role.VIEWER)
    answer = await browser().post(
        "/sign-in", data={"name": "eve", "password": PASSWORD}, headers={"sec-fetch-site": "cross-site"}
    )
    assert (403, False) == (answer.status_code, "set-cookie" in answer.headers)


async def test_a_program_needs_no_token(client: Client, console: Console, browser: Browser) -> None:
    """No browser adds an Authorization field by itself. One that does not hold is not made up for by a session."""
    program = client(Role.ADMIN)
    answer = await program.post(
        "/access/users",
        data={"name": "bob", "role": "viewer"},
        headers={"origin": "https://elsewhere.example"},
    )
    assert 200 == answer.status_code
    await make_user(console, "anna", Role.ADMIN)
    anna = await signed_in(browser(), "anna")
    mixed = {"authorization": "Bearer wrt_forged", "sec-fetch-site": "cross-site"}
    answer = await anna.post("/access/users", data={"name": "eve", "role": "admin"}, headers=mixed)
    assert 401 == answer.status_code
    basic = {"authorization": "Basic YTpi", "sec-fetch-site": "cross-site"}
    answer = await anna.post("/access/users", data={"name": "eve", "role": "admin"}, headers=basic)
    assert 403 == answer.status_code


async def test_looking_changes_nothing(console: Console, browser: Browser) -> None:
    """GET is never an action: what changes something is no GET."""
    await make_user(console, "anna", Role.ADMIN)
    anna = await signed_in(browser(), "anna")
    for path in ("/sign-out", "/access/users", "/account/password", "/account/sessions/end-others"):
        assert 405 == (await anna.get(path, headers={"sec-fetch-site": "cross-site"})).status_code, path
    assert 200 == (await anna.get("/")).status_code


async def test_behind_a_proxy_that_exchanges_the_host_the_address_of_the_settings_counts(
    settings: Settings, redis: Redis
) -> None:
    """For browsers that say nothing of the site."""
    known = settings.model_copy(
        update={"sign_in": settings.sign_in.model_copy(update={"address": "https://ops.example"})}
    )
    made: FastAPI = build_console(known, connect(settings.redis_url or ""), [SECRET])
    async with made.router.lifespan_context(made):
        await make_user(made.state.console, "anna", Role.VIEWER)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(made), base_url="https://inner:8001"
        ) as client:
            for origin, status in (("https://ops.example", 303), ("https://evil.example", 403)):
                answer = await client.post(
                    "/sign-in", data={"name": "anna", "password": PASSWORD}, headers={"origin": origin}
                )
                assert status == answer.status_code


async def test_a_change_of_password_exchanges_session_and_token(console: Console, browser: Browser) -> None:
    """What was known of the old ones is worth nothing."""
    await make_user(console, "anna", Role.VIEWER)
    anna = await signed_in(browser(), "anna")
    held, token = anna.cookies["__Host-waitroom_console"], await token_of(anna)
    answer = await post(anna, "/account/password", old=PASSWORD, new=OTHER_PASSWORD)
    assert (303, "/account?done=password") == (answer.status_code, answer.headers["location"])
    assert held != anna.cookies["__Host-waitroom_console"]
    assert token != await token_of(anna)
    thief = browser()
    assert 303 == (await thief.get("/", headers={"cookie": f"__Host-waitroom_console={held}"})).status_code
    assert 401 == (await sign_in(browser(), "anna", PASSWORD)).status_code
    assert 303 == (await sign_in(browser(), "anna", OTHER_PASSWORD)).status_code
