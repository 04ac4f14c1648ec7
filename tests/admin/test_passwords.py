"""Passwords: which are good enough, how they are kept, and what a wrong one tells."""

from __future__ import annotations

import statistics
import time

import httpx
import pytest
from argon2 import PasswordHasher

from admin.auth.passwords import Passwords, Verdict, weakness
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.people import PASSWORD, Browser, make_user, sign_in, signed_in

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "password",
    [
        "",
        "a" * 11,
        "passwordpassword",
        "qwertyuiop123",
        "Password2024!",
        "123456789012",
        "waitroomwaitroom",
        "anna.miller.1",
        "x" * 201,
    ],
)
def test_what_is_easy_to_guess_is_refused(password: str) -> None:
    """With a reason: by length, as a common one, or as one that the user's name gives away."""
    reason = weakness(password, ["anna.miller"])
    assert reason is not None
    assert reason.endswith(".")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery staple",
        "Straße und Möwe 7 Uhr",
        "鋼の錬金術師と賢者の石だよね",
        "x7#" * 50,
    ],
)
def test_no_kind_of_character_is_demanded(password: str) -> None:
    """Spaces and all scripts are fine."""
    assert (password == "x7#" * 50) == (weakness(password) is not None)


async def test_they_are_kept_as_owasp_advises() -> None:
    """Argon2id with 19 MiB, two passes and one lane; never the same twice."""
    passwords = Passwords()
    kept = await passwords.hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kept != await passwords.hash(PASSWORD)
    assert Verdict.RIGHT == await passwords.check(kept, PASSWORD)
    for wrong in (PASSWORD.upper(), PASSWORD + " ", "", "x" * 100_000, "\0"):
        assert Verdict.WRONG == await passwords.check(kept, wrong)
    assert Verdict.WRONG == await passwords.check(None, PASSWORD)
    assert Verdict.WRONG == await passwords.check("no hash", PASSWORD)


async def test_the_same_password_in_another_form_of_unicode_is_the_same() -> None:
    """A phone may compose what a laptop does not."""
    passwords = Passwords()
    kept = await passwords.hash("Zoe\u0308 and four other words")
    assert Verdict.RIGHT == await passwords.check(kept, "Zo\u00eb and four other words")


async def test_what_was_kept_with_less_is_kept_anew_at_the_next_sign_in(
    console: Console, browser: Browser
) -> None:
    """Nobody has to choose a new password when the advice changes."""
    user = await make_user(console, "anna", Role.VIEWER)
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    await console.people.users.set_password(user.id, weak)
    await signed_in(browser(), "anna")
    kept = await console.people.users.by_id(user.id)
    assert kept is not None
    assert (kept.password_hash or "").startswith("$argon2id$v=19$m=19456,")
    await signed_in(browser(), "anna")


async def test_all_that_is_wrong_says_the_same(console: Console, browser: Browser) -> None:
    """A name that nobody has, one that is disabled, one that was only invited, and a wrong password."""
    await make_user(console, "anna", Role.ADMIN)
    gone = await make_user(console, "gone", Role.VIEWER)
    await console.people.users.disable(gone.id)
    await console.people.users.invite("invited", Role.VIEWER, made_by="anna")
    said = set()
    for name, password in (
        ("anna", "wrong password"),
        ("gone", PASSWORD),
        ("invited", ""),
        ("nobody", PASSWORD),
    ):
        answer = await sign_in(browser(), name, password)
        said.add((answer.status_code, answer.text.replace(f'value="{name}"', "")))
        assert "set-cookie" not in answer.headers
    assert 1 == len(said)
    assert (401, True) == next((status, "Name or password is wrong" in text) for status, text in said)


async def test_an_unknown_name_takes_as_long_as_a_known_one(console: Console, browser: Browser) -> None:
    """Whoever measures cannot tell who has an account: loosely, since the machine has other work."""

    async def seconds(client: httpx.AsyncClient, name: str) -> float:
        begun = time.perf_counter()
        assert 401 == (await sign_in(client, name, "wrong password")).status_code
        return time.perf_counter() - begun

    known, unknown = [], []
    for turn in range(12):
        await make_user(console, f"user {turn}", Role.VIEWER)
        client = browser(address=f"192.0.2.{turn}")  # nothing is throttled
        known.append(await seconds(client, f"user {turn}"))
        unknown.append(await seconds(client, f"nobody {turn}"))
    ratio = statistics.median(unknown) / statistics.median(known)
    assert 0.5 < ratio < 2, (known, unknown)
