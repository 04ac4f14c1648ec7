"""The first admin comes in by a link that is printed at the start."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from admin.auth.links import FIRST_SECONDS, INVITATION_SECONDS, LinkOverError, Links
from admin.auth.people import People
from admin.auth.roles import Role
from admin.auth.user import NameTakenError
from admin.auth.users import Users
from admin.console import Console
from admin.store import Store
from tests.admin.people import PASSWORD, Browser, make_user, sign_in
from waitroom.settings import SignInSettings

pytestmark = pytest.mark.anyio


def held(link: str | None) -> str:
    """What stands in the address."""
    assert link is not None
    return link.partition("=")[2]


async def test_whoever_opens_the_link_is_the_admin(console: Console, browser: Browser) -> None:
    """They choose a name and a password, and are in at once; the link is over then."""
    link = console.people.links.first()
    assert link is not None
    someone = browser()
    assert "You are the first" in (await someone.get(link)).text
    answer = await someone.post("/welcome", data={"link": held(link), "name": " Anna ", "password": PASSWORD})
    assert (303, "/") == (answer.status_code, answer.headers["location"])
    assert 200 == (await someone.get("/")).status_code
    (user,) = await console.people.users.all()
    assert ("Anna", Role.ADMIN) == (user.name, user.role)
    again = await browser().post("/welcome", data={"link": held(link), "name": "eve", "password": PASSWORD})
    assert 410 == again.status_code
    assert 410 == (await browser().get(link)).status_code
    assert console.people.links.first() is None


async def test_looking_at_the_page_does_not_use_the_link_up(console: Console, browser: Browser) -> None:
    """A chat or a mail program that looks first takes nothing away; a weak password or an odd name neither."""
    link = console.people.links.first() or ""
    for _ in range(3):
        assert 200 == (await browser().get(link)).status_code
    for name, password, says in (
        ("anna", "short", "at least 12"),
        ("anna", "passwordpassword", "Repeats"),
        ("anna", "Anna-waitroom", "easy to guess"),
        ("", PASSWORD, "1 to 64"),
        ("token deploys", PASSWORD, "kept for programs"),
        ("Gateway", PASSWORD, "kept for programs"),
        ("an\u202ena", PASSWORD, "no control characters"),
    ):
        answer = await browser().post(
            "/welcome", data={"link": held(link), "name": name, "password": password}
        )
        assert (422, True) == (answer.status_code, says in answer.text), (name, password, answer.text)
    assert await console.people.users.is_empty()
    assert 200 == (await browser().get(link)).status_code


@pytest.mark.parametrize("link", ["", "nonsense", "x" * 5000, "' OR 1=1 --"])
async def test_a_wrong_link_says_so(browser: Browser, link: str) -> None:
    """And nothing else."""
    answer = await browser().get("/welcome", params={"link": link})
    assert (410, True) == (answer.status_code, "This link is over" in answer.text)


async def test_a_link_is_good_for_an_hour_and_until_the_next_start(tmp_path: Path) -> None:
    """Each start prints another; only the last is good."""
    now = [1000.0]
    store = Store(tmp_path)
    people = People.of(SignInSettings(), store, ["a secret for tests only"])
    links = Links(store, clock=lambda: now[0])
    old, new = held(links.first()), held(links.first())
    with pytest.raises(LinkOverError):
        await links.look(old)
    now[0] += FIRST_SECONDS - 1
    assert (await links.look(new)).user is None
    now[0] += 1
    with pytest.raises(LinkOverError):
        await links.use_first(new, "anna", "hash")
    assert await people.users.is_empty()
    store.close()


async def test_two_who_use_the_link_at_once(console: Console, browser: Browser) -> None:
    """One of them is the admin, and the other is told that it is over."""
    link = held(console.people.links.first())
    answers = await asyncio.gather(
        *(
            browser().post("/welcome", data={"link": link, "name": name, "password": PASSWORD})
            for name in ("anna", "eve")
        )
    )
    assert [303, 410] == sorted(answer.status_code for answer in answers)
    assert 1 == len(await console.people.users.all())


async def test_the_sign_in_says_that_nobody_can(console: Console, browser: Browser) -> None:
    """Whoever comes there first is told of the link; later nobody is."""
    hint = "printed a one-time link"
    assert hint in (await browser().get("/sign-in")).text
    await make_user(console, "anna", Role.ADMIN)
    assert hint not in (await browser().get("/sign-in")).text


async def test_an_invited_user_chooses_a_password(tmp_path: Path) -> None:
    """By a link of three days; a new one ends the one before, and so does disabling the user."""
    now = [1000.0]
    store = Store(tmp_path)
    People.of(SignInSettings(), store, ["a secret for tests only"])
    users, links = Users(store, clock=lambda: now[0]), Links(store, clock=lambda: now[0])
    bob = await users.invite("Bob", Role.VIEWER, made_by="anna")
    with pytest.raises(NameTakenError):
        await users.invite(" bOB", Role.ADMIN, made_by="anna")
    old = held(await links.make(bob.id, made_by="anna"))
    new = held(await links.make(bob.id, made_by="anna"))
    with pytest.raises(LinkOverError):
        await links.use(old, "hash")
    with pytest.raises(LinkOverError):
        await links.use_first(new, "eve", "hash")
    now[0] += INVITATION_SECONDS - 1
    assert "Bob" == (await links.use(new, "hash")).name
    with pytest.raises(LinkOverError):
        await links.use(new, "another hash")
    last = held(await links.make(bob.id, made_by="anna"))
    await users.disable(bob.id)
    with pytest.raises(LinkOverError):
        await links.look(last)
    store.close()


async def test_a_password_link_ends_every_session(console: Console, browser: Browser) -> None:
    """Whoever was in by the old password is not any more."""
    user = await make_user(console, "bob", Role.OPERATOR)
    old = browser()
    await sign_in(old, "bob")
    link = held(await console.people.links.make(user.id, made_by="anna"))
    fresh = browser()
    answer = await fresh.post("/welcome", data={"link": link, "password": "gravel yacht mitten orbit"})
    assert 303 == answer.status_code
    assert 200 == (await fresh.get("/")).status_code
    assert 303 == (await old.get("/")).status_code
