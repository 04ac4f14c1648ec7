"""Signing in with a password, and with a code where one is asked for."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from math import ceil

from fastapi import Request

from admin.audit.address import network_of, place_of
from admin.auth import throttle
from admin.auth.agents import browser
from admin.auth.passwords import BusyError, Verdict
from admin.auth.people import People
from admin.auth.sessions import Client, Session, Step
from admin.auth.throttle import Counted
from admin.auth.user import LONGEST_NAME, User, key_of
from admin.problems import Problem
from waitroom.signing import TokenError

WRONG = "Name or password is wrong."


@dataclass(frozen=True, slots=True)
class Caller:
    """The browser that signs in: what it is, from where it comes, and what it holds."""

    client: Client
    place: str
    """By what its address is counted."""
    session: str | None
    """What it holds of a session so far."""
    device: str | None
    """What it holds since it signed in before."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in as far as it has come."""

    user: User
    step: Step
    session: str
    """What the browser is to hold now."""
    device: str | None
    """What it is to hold to be known again, once it is in."""


def caller_of(request: Request, session: str | None, device: str | None) -> Caller:
    """The browser that sent a request."""
    address = request.client.host if request.client else ""
    client = Client(browser(request.headers.get("user-agent", "")), network_of(address))
    return Caller(client, place_of(address), session, device)


async def with_password(people: People, caller: Caller, name: str, password: str) -> Begun:
    """Begins a sign-in. Raises a :class:`~admin.problems.Problem` with status 401, 429 or 503."""
    name = name[: 4 * LONGEST_NAME]
    user = await people.users.named(name)
    counted = _counted(people, caller, name, user)
    _begin(people, counted)
    try:
        verdict = await people.passwords.check(user.password_hash if user else None, password)
        if user is None or user.disabled_at is not None or verdict is Verdict.WRONG:
            raise Problem(401, "wrong-password", WRONG)
        people.throttle.succeeded(counted)
        if verdict is Verdict.RIGHT_BUT_OLD:
            await people.users.rehash(user, await people.passwords.hash(password))
    except BusyError:
        people.throttle.succeeded(counted)
        raise Problem(
            503, "busy", "Too many people are signing in. Try again in a moment.", {"retry-after": "2"}
        ) from None
    step = Step.CODE if user.has_totp else Step.IN
    if step is Step.IN and user.role in people.settings.codes_for:
        step = Step.ENROL
    return await begin(people, caller, user, step)


async def with_code(
    people: People, caller: Caller, session: Session, user: User, code: str
) -> tuple[Begun, bool]:
    """Ends a sign-in with a code of the app or a recovery code, and tells whether it was the latter.
    Raises a :class:`~admin.problems.Problem` with status 401 or 429."""
    counted = (throttle.code(user.id), throttle.address(caller.place))
    _begin(people, counted)
    is_recovery = not await takes_code(people, user, code)
    if is_recovery and not await people.recovery_codes.use(user.id, code):
        raise Problem(401, "wrong-code", "This code is wrong, or was used already. Wait for the next one.")
    people.throttle.succeeded(counted)
    return await begin(people, caller, user, Step.IN), is_recovery


async def takes_code(people: People, user: User, code: str) -> bool:
    """Whether a code of the app is right, which uses it up."""
    if user.totp_secret is None:
        return False
    step = people.totp.step_of(user.totp_secret, code, now=time.time(), after=user.totp_step)
    return step is not None and await people.users.use_step(user, step)


async def turn_on_codes(people: People, user: User, sealed: str, code: str) -> User:
    """Asks a user for codes from now on, once they have shown the first one; all their sessions end.
    Raises a :class:`~admin.problems.Problem` with status 422."""
    if not people.totp.is_offered(sealed):
        raise Problem(422, "offer-over", "This took too long. Take in the new picture.")
    step = people.totp.step_of(sealed, code, now=time.time(), after=0)
    if step is None:
        raise Problem(
            422,
            "wrong-code",
            "This code is not the one that the app shows. Is the clock of your phone right?",
        )
    return (await people.users.set_totp(user.id, sealed, step))[1]


async def is_password(people: People, caller: Caller, user: User, password: str) -> bool:
    """Whether this is the password of somebody who is signed in, throttled like a sign-in.
    Raises a :class:`~admin.problems.Problem` with status 429 or 503."""
    counted = (throttle.code(user.id), throttle.address(caller.place))
    _begin(people, counted)
    try:
        verdict = await people.passwords.check(user.password_hash, password)
    except BusyError:
        people.throttle.succeeded(counted)
        raise Problem(503, "busy", "Try again in a moment.", {"retry-after": "2"}) from None
    if verdict is Verdict.WRONG:
        return False
    people.throttle.succeeded(counted)
    return True


async def begin(people: People, caller: Caller, user: User, step: Step) -> Begun:
    """A session of its own for a sign-in that has come to ``step``, in place of what the browser held."""
    held = await people.sessions.begin(user, step, caller.client, instead_of=caller.session)
    device = None
    if step is Step.IN:
        device = people.devices.sign(f"{user.id}:{secrets.token_urlsafe(12)}")
    return Begun(user, step, held, device)


def _counted(people: People, caller: Caller, name: str, user: User | None) -> tuple[Counted, ...]:
    address = throttle.address(caller.place)
    if user is not None and caller.device is not None:
        try:
            user_id, _, device_id = people.devices.payload(caller.device).partition(":")
        except TokenError:
            pass
        else:
            if user_id == user.id:
                return throttle.device(user_id, device_id), address
    return throttle.account(key_of(name)), address


def _begin(people: People, counted: tuple[Counted, ...]) -> None:
    wait = ceil(people.throttle.begin(counted))
    if wait:
        raise Problem(
            429,
            "throttled",
            f"Too many attempts. Try again in {_words(wait)}.",
            {"retry-after": str(wait)},
        )


def _words(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    return f"{ceil(seconds / 60)} minutes"
