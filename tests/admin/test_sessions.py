"""Sessions: what the browser holds, when they end, and that nobody can be given one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from admin.app import build_console
from admin.auth.people import People
from admin.auth.roles import Role
from admin.auth.sessions import Client, Sessions, Step
from admin.console import Console
from admin.store import Store
from tests.admin.conftest import SECRET
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
from waitroom.settings import Settings, SignInSettings

pytestmark = pytest.mark.anyio

HOST, PLAIN = "__Host-waitroom_console", "waitroom_console"
LAPTOP = Client("Mozilla/5.0", "192.0.2.0/24")


def everything_in(folder: Path) -> bytes:
    """What whoever reads the folder sees."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_over_https_the_cookie_belongs_to_this_host_alone(console: Console, browser: Browser) -> None:
    """By its name, with Secure, HttpOnly and SameSite; no script reads it and no neighbour sets it."""
    await make_user(console, "anna", Role.ADMIN)
    answer = await sign_in(browser(), "anna")
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if PLAIN in each]
    name, _, rest = cookie.partition("=")
    flags = {each.strip().lower() for each in rest.split(";")[1:]}
    assert (HOST, {"path=/", "secure", "httponly", "samesite=lax"}) == (name, flags)


async def test_over_plain_http_it_has_another_name(console: Console, browser: Browser) -> None:
    """No browser would keep the first one there, but on a loopback address, where it is given as well."""
    await make_user(console, "anna", Role.ADMIN)
    for base, names in (
        ("http://console.test", {PLAIN}),
        ("http://127.0.0.1:8001", {HOST, PLAIN}),
        ("http://[::1]:8001", {HOST, PLAIN}),
        ("http://localhost:8001", {HOST, PLAIN}),
        ("https://127.0.0.1", {HOST}),
    ):
        answer = await sign_in(browser(base), "anna")
        given = {each.partition("=")[0] for each in answer.headers.get_list("set-cookie")}
        assert names == {name for name in given if name.endswith("console")}, base


async def test_the_other_name_counts_for_nothing_over_https(console: Console, browser: Browser) -> None:
    """A neighbour domain could have set it."""
    await make_user(console, "anna", Role.ADMIN)
    at_home = await signed_in(browser("http://127.0.0.1"), "anna")
    held = at_home.cookies[PLAIN]
    cookie = {"cookie": f"{PLAIN}={held}"}
    assert 200 == (await browser("http://127.0.0.1").get("/", headers=cookie)).status_code
    assert 303 == (await browser().get("/", headers=cookie)).status_code


@pytest.mark.parametrize(
    "planted", ["", "x", "a session that an attacker knows", "'; DROP TABLE sessions --"]
)
async def test_a_session_is_never_one_that_was_there_before(
    console: Console, browser: Browser, planted: str
) -> None:
    """Session fixation: the sign-in gives a new one, whatever the browser came with."""
    await make_user(console, "anna", Role.ADMIN)
    victim = browser()
    victim.cookies.set(HOST, planted, domain="console.test", path="/")
    answer = await sign_in(victim, "anna")
    given = answer.cookies[HOST]
    assert given != planted
    thief = browser()
    assert 303 == (await thief.get("/", headers={"cookie": f"{HOST}={planted}"})).status_code
    again = await sign_in(victim, "anna")
    assert given != again.cookies[HOST]
    assert 303 == (await thief.get("/", headers={"cookie": f"{HOST}={given}"})).status_code


async def test_the_file_has_nothing_that_signs_in(tmp_path: Path) -> None:
    """Whoever reads it finds hashes."""
    store = Store(tmp_path)
    people = People.of(SignInSettings(), store, ["a secret for tests only"])
    user = await people.users.invite("anna", Role.ADMIN, made_by="test")
    held = await people.sessions.begin(user, Step.IN, LAPTOP)
    found = await people.sessions.find(held)
    assert found is not None
    assert await people.sessions.find(found[0].id) is None
    link = await people.links.make(user.id, made_by="test")
    codes = await people.recovery_codes.make(user.id)
    store.close()
    kept = everything_in(tmp_path)
    assert found[0].id.encode() in kept
    for secret in (held, link.partition("=")[2], codes[0], codes[0].replace("-", "")):
        assert secret.encode() not in kept


async def test_it_ends_when_unused_and_in_any_case_after_its_longest(tmp_path: Path) -> None:
    """Use prolongs the first and not the second."""
    now = [1_000_000.0]
    store = Store(tmp_path)
    people = People.of(SignInSettings(), store, ["a secret for tests only"])
    sessions = Sessions(store, idle_seconds=3600, longest_seconds=10_000, clock=lambda: now[0])
    user = await people.users.invite("anna", Role.ADMIN, made_by="test")
    idle = await sessions.begin(user, Step.IN, LAPTOP)
    used = await sessions.begin(user, Step.IN, LAPTOP)
    found = await sessions.find(used)
    assert found is not None
    for at in (3000, 6000, 9000):
        now[0] = 1_000_000.0 + at
        assert await sessions.holds(found[0].id)
    assert await sessions.find(idle) is None
    assert [found[0].id] == [each.id for each in await sessions.of(user.id)]
    now[0] = 1_010_000.0
    assert await sessions.find(used) is None
    store.close()


async def test_it_is_ended_at_once(console: Console, browser: Browser) -> None:
    """By its owner, from another browser; what is sent with it afterwards does nothing."""
    await make_user(console, "anna", Role.ADMIN)
    lost, here = await signed_in(browser(), "anna"), await signed_in(browser(), "anna")
    token = await token_of(lost)
    (user,) = await console.people.users.all()
    mine = await console.people.sessions.find(here.cookies[HOST])
    assert mine is not None
    assert 1 == await console.people.sessions.end_all(user.id, but=mine[0].id)
    answer = await lost.post(
        "/account/password", data={"csrf": token, "old": PASSWORD, "new": OTHER_PASSWORD}
    )
    assert (303, "/sign-in") == (answer.status_code, answer.headers["location"])
    assert 200 == (await here.get("/")).status_code
    assert 401 == (await lost.get("/api/rooms", headers={"accept": "application/json"})).status_code


async def test_signing_out_ends_it_on_the_server(console: Console, browser: Browser) -> None:
    """A copy of the cookie is worth nothing then."""
    await make_user(console, "anna", Role.ADMIN)
    client = await signed_in(browser(), "anna")
    held = client.cookies[HOST]
    answer = await client.post("/sign-out", data={"csrf": await token_of(client)})
    assert (303, "/sign-in") == (answer.status_code, answer.headers["location"])
    assert HOST not in client.cookies
    assert 303 == (await browser().get("/", headers={"cookie": f"{HOST}={held}"})).status_code


async def test_a_change_of_role_or_password_and_a_disabled_user_end_every_session(
    console: Console, browser: Browser
) -> None:
    """Who was an admin when they signed in is not one any more with that session."""
    people = console.people
    await make_user(console, "root", Role.ADMIN)
    user = await make_user(console, "anna", Role.ADMIN)

    async def ends(change: object) -> bool:
        client = await signed_in(browser(), "anna")
        assert 200 == (await client.get("/")).status_code
        await change  # type: ignore[misc]
        return (await client.get("/")).status_code == 303

    assert await ends(people.users.set_role(user.id, Role.VIEWER))
    assert await ends(people.users.set_password(user.id, await people.passwords.hash(PASSWORD)))
    assert await ends(people.users.disable(user.id))


async def test_whoever_has_to_sign_in_comes_to_where_they_wanted(console: Console, browser: Browser) -> None:
    """And to nowhere else."""
    await make_user(console, "anna", Role.VIEWER)
    client = browser()
    answer = await client.get("/account?view=3%20h")
    assert (303, "/sign-in?to=%2Faccount%3Fview%3D3%2520h") == (
        answer.status_code,
        answer.headers["location"],
    )
    for to, leads_to in (
        ("/rooms/drop?view=3", "/rooms/drop?view=3"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\t/evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ):
        signed = await sign_in(browser(), "anna", to=to)
        assert (303, leads_to) == (signed.status_code, signed.headers["location"])


async def test_a_program_is_told_401_and_not_led_anywhere(browser: Browser) -> None:
    """Only pages lead to the sign-in."""
    answer = await browser().get("/api/rooms", headers={"accept": "text/html"})
    assert (401, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    answer = await browser().get("/", headers={"accept": "*/*"})
    assert 401 == answer.status_code


async def test_no_row_of_what_is_over_stays(console: Console, browser: Browser) -> None:
    """The file does not grow with the sign-ins."""
    await make_user(console, "anna", Role.VIEWER)
    await signed_in(browser(), "anna")
    with closing(sqlite3.connect(console.store.path)) as db, db:
        db.execute("UPDATE sessions SET ends_at = 1")
    await signed_in(browser(), "anna")
    with closing(sqlite3.connect(console.store.path)) as db:
        assert 1 == db.execute("SELECT COUNT(*) FROM sessions").fetchone()[0]


async def test_ones_own_sessions_are_shown(console: Console, browser: Browser) -> None:
    """Each with its browser and its network; another's cannot be ended."""
    await make_user(console, "anna", Role.VIEWER)
    await make_user(console, "bob", Role.VIEWER)
    anna, bob = await signed_in(browser(), "anna"), await signed_in(browser(), "bob")
    page = (await anna.get("/account")).text
    assert "192.0.2.0/24" in page
    theirs = await console.people.sessions.find(bob.cookies[HOST])
    assert theirs is not None
    answer = await post(anna, f"/account/sessions/{theirs[0].id}/end")
    assert 404 == answer.status_code
    assert 200 == (await bob.get("/")).status_code


async def test_people_get_in_while_redis_is_away(settings: Settings) -> None:
    """That is when they look."""
    made = build_console(settings, connect("redis://127.0.0.1:9"), [SECRET])
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    async with (
        made.router.lifespan_context(made),
        httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url=BASE, headers=headers) as anna,
    ):
        await make_user(made.state.console, "anna", Role.ADMIN)
        await signed_in(anna, "anna")
        for path in ("/", "/account", "/access", "/audit"):
            assert 200 == (await anna.get(path)).status_code, path
