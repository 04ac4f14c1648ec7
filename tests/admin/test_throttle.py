"""How often somebody may try to sign in: guessing is slow, and the owner of the account hardly notices."""

from __future__ import annotations

import pytest

from admin.auth.roles import Role
from admin.auth.throttle import LONGEST_WAIT_SECONDS, Throttle, account, address, device, wait_after
from admin.console import Console
from tests.admin.people import PASSWORD, Browser, make_user, sign_in

pytestmark = pytest.mark.anyio


def test_the_wait_doubles_up_to_a_longest() -> None:
    """0, then 2, 4, 8 … seconds, and never more than 15 minutes."""
    assert [0, 2, 4, 8, 16] == [wait_after(beyond) for beyond in (-1, 0, 1, 2, 3)]
    assert LONGEST_WAIT_SECONDS == wait_after(10) == wait_after(10**9)


def test_failures_of_an_account_cost_time_and_are_forgotten_after_a_success_or_a_day() -> None:
    """Whoever guesses has four attempts an hour in the end."""
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    anna = [account("anna")]
    assert [0.0] * 5 == [throttle.begin(anna) for _ in range(5)]
    assert 2.0 == throttle.begin(anna)
    now[0] += 1.5
    assert 0.5 == throttle.begin(anna)
    now[0] += 0.5
    assert [0.0, 4.0] == [throttle.begin(anna), throttle.begin(anna)]
    now[0] += 4
    throttle.begin(anna)
    throttle.succeeded(anna)
    assert [0.0] * 5 == [throttle.begin(anna) for _ in range(5)]
    now[0] += 86_401
    assert [0.0] * 5 == [throttle.begin(anna) for _ in range(5)]
    tries = 0
    for _ in range(86_400):
        now[0] += 1
        tries += throttle.begin(anna) == 0.0
    assert tries < 24 * 4 + 15


def test_waiting_attempts_do_not_prolong_the_wait() -> None:
    """Nobody keeps the owner out for ever by trying all the time."""
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    for _ in range(30):
        throttle.begin([account("anna")])
        now[0] += 1000
    throttle.begin([account("anna")])
    for _ in range(1000):
        assert throttle.begin([account("anna")]) > 0
    now[0] += LONGEST_WAIT_SECONDS
    assert 0.0 == throttle.begin([account("anna")])


def test_a_success_does_not_clear_the_address() -> None:
    """Else an attacker with an account of their own could begin anew each time."""
    throttle = Throttle(lambda: 0.0)
    for turn in range(20):
        assert 0.0 == throttle.begin([account(f"user {turn}"), address("192.0.2.1")])
        mine = [account("eve"), address("192.0.2.1")]
        if throttle.begin(mine) == 0.0:
            throttle.succeeded(mine)
    assert throttle.begin([account("user 21"), address("192.0.2.1")]) > 0
    assert 0.0 == throttle.begin([account("user 21"), address("192.0.2.2")])


def test_a_known_browser_is_counted_by_itself() -> None:
    """Guesses from elsewhere do not slow it down, and it may fail itself."""
    throttle = Throttle(lambda: 0.0)
    for turn in range(6):
        throttle.begin([account("anna"), address(f"192.0.2.{turn}")])
    assert throttle.begin([account("anna")]) > 0
    assert [0.0] * 5 == [throttle.begin([device("1", "laptop")]) for _ in range(5)]
    assert throttle.begin([device("1", "laptop")]) > 0
    assert 0.0 == throttle.begin([device("1", "phone")])


def test_it_holds_only_so_much() -> None:
    """A flood of names takes no more memory than this."""
    throttle = Throttle(lambda: 0.0)
    for turn in range(25_000):
        throttle.begin([account(f"name {turn}")])
    assert "<Throttle of 20000>" == repr(throttle)


async def test_many_guesses_are_told_to_wait(console: Console, browser: Browser) -> None:
    """429 with Retry-After, for a name that nobody has as well; the right password waits too."""
    await make_user(console, "anna", Role.ADMIN)
    for name in ("anna", "nobody"):
        for turn in range(5):
            guess = await sign_in(browser(address=f"198.51.100.{turn}"), name, "a wrong password")
            assert 401 == guess.status_code
        last = await sign_in(browser(address="198.51.100.99"), name, PASSWORD)
        assert (429, "2") == (last.status_code, last.headers["retry-after"])
        assert "Too many attempts. Try again in" in last.text


async def test_one_address_that_tries_many_names_is_told_to_wait(console: Console, browser: Browser) -> None:
    """One password for all names, from one place. An IPv6 subscriber is one place."""
    statuses = [
        (await sign_in(browser(address=f"2001:db8:1:2::{turn}"), f"name {turn}", "Summer2026!!")).status_code
        for turn in range(21)
    ]
    assert [401] * 20 + [429] == statuses
    other = await sign_in(browser(address="2001:db8:1:3::1"), "name 99", "Summer2026!!")
    assert 401 == other.status_code


async def test_the_owners_browser_is_not_kept_out(console: Console, browser: Browser) -> None:
    """One that has signed in before gets in while others guess; its cookie is worth nothing for another account."""
    await make_user(console, "anna", Role.ADMIN)
    await make_user(console, "bob", Role.ADMIN)
    laptop = browser()
    assert 303 == (await sign_in(laptop, "anna")).status_code
    for name in ("anna", "bob"):
        for turn in range(6):
            await sign_in(browser(address=f"198.51.100.{turn}"), name, "a wrong password")
    assert 429 == (await sign_in(browser(), "anna")).status_code
    assert 429 == (await sign_in(laptop, "bob")).status_code
    assert 303 == (await sign_in(laptop, "anna")).status_code
    forged = browser()
    forged.cookies.set("__Host-waitroom_device", "1:1.forged", domain="console.test", path="/")
    assert 429 == (await sign_in(forged, "anna")).status_code
