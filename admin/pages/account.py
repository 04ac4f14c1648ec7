"""The page of one's own account: password, authenticator app, and where one is signed in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.audit.trail import record
from admin.auth import sign_in
from admin.auth.access import Viewer
from admin.auth.passwords import BusyError, weakness
from admin.auth.person import Person
from admin.auth.sessions import Step
from admin.auth.user import User
from admin.console import console_of
from admin.pages.entering import caller, hold, offer, recovery_codes
from admin.pages.forms import fields, go_to
from admin.pages.templates import page
from admin.problems import Problem

router = APIRouter(include_in_schema=False)

_WRONG = "This is not your password."


@router.get("/account", name="account")
async def show(request: Request, actor: Viewer, user: Person, done: str = "") -> Response:
    """What there is to set for oneself."""
    return await _page(request, actor, user, done=done)


@router.post("/account/password", name="changePassword")
async def change_password(request: Request, actor: Viewer, user: Person) -> Response:
    """Another password. All other sessions end, and this one is exchanged for a new one."""
    record(request, about=user.name)
    given, people = await fields(request), console_of(request).people
    old, new = given.get("old", ""), given.get("new", "")
    if user.issuer is not None:
        raise Problem(409, "provider", "You sign in with the provider, and have no password here.")
    if not await sign_in.is_password(people, caller(request), user, old):
        return await _page(request, actor, user, wrong_old=_WRONG)
    if wrong := weakness(new, [user.name, old]):
        return await _page(request, actor, user, wrong_new=wrong)
    try:
        kept = await people.passwords.hash(new)
    except BusyError:
        raise Problem(503, "busy", "Try again in a moment.", {"retry-after": "2"}) from None
    _, changed = await people.users.set_password(user.id, kept)
    response = go_to("/account?done=password")
    hold(request, response, await sign_in.begin(people, caller(request), changed, Step.IN))
    return response


@router.get("/account/codes", name="codes")
async def ask_codes(request: Request, _: Viewer, user: Person) -> Response:
    """The set-up of the authenticator app."""
    if user.has_totp or user.issuer is not None:
        return go_to("/account")
    return page(request, "codes-set-up.html", None, offer=offer(request, user), must=False)


@router.post("/account/codes", name="turnOnCodes")
async def turn_on_codes(request: Request, _: Viewer, user: Person) -> Response:
    """Codes from now on, once the first one was right; the recovery codes are shown this once."""
    record(request, about=user.name)
    given, people = await fields(request), console_of(request).people
    sealed = given.get("offer", "")
    if user.has_totp or user.issuer is not None:
        raise Problem(409, "codes-on", "Codes are asked of you already.")
    try:
        changed = await sign_in.turn_on_codes(people, user, sealed, given.get("code", ""))
    except Problem as problem:
        shown = offer(request, user, sealed)
        return page(request, "codes-set-up.html", None, offer=shown, must=False, problem=problem)
    begun = await sign_in.begin(people, caller(request), changed, Step.IN)
    return await recovery_codes(request, changed, begun, go_on="/account")


@router.post("/account/codes/off", name="turnOffCodes")
async def turn_off_codes(request: Request, actor: Viewer, user: Person) -> Response:
    """No codes any more: this asks for the password."""
    record(request, about=user.name)
    given, people = await fields(request), console_of(request).people
    if user.role in people.settings.codes_for:
        raise Problem(409, "codes-needed", f"The role {user.role} needs codes.")
    if not await sign_in.is_password(people, caller(request), user, given.get("password", "")):
        return await _page(request, actor, user, wrong_off=_WRONG)
    _, changed = await people.users.set_totp(user.id, None)
    response = go_to("/account?done=codes-off")
    hold(request, response, await sign_in.begin(people, caller(request), changed, Step.IN))
    return response


@router.post("/account/codes/recovery", name="renewRecoveryCodes")
async def renew_recovery_codes(request: Request, actor: Viewer, user: Person) -> Response:
    """New recovery codes in place of the old ones: this asks for the password."""
    record(request, about=user.name)
    given, people = await fields(request), console_of(request).people
    if not user.has_totp:
        raise Problem(409, "codes-off", "No codes are asked of you.")
    if not await sign_in.is_password(people, caller(request), user, given.get("password", "")):
        return await _page(request, actor, user, wrong_renew=_WRONG)
    return await recovery_codes(request, user, None, go_on="/account")


@router.post("/account/sessions/{session}/end", name="endSession")
async def end_session(request: Request, _: Viewer, user: Person, session: str) -> Response:
    """Ends one of one's own sessions."""
    ended = await console_of(request).people.sessions.end(session, user_id=user.id)
    if ended is None:
        raise Problem(404, "no-session", "This sign-in is over already.")
    record(request, about=user.name, before={"session": ended.id, "network": ended.network})
    return go_to("/account?done=session")


@router.post("/account/sessions/end-others", name="endOtherSessions")
async def end_other_sessions(request: Request, actor: Viewer, user: Person) -> Response:
    """Ends all of one's own sessions but this one."""
    count = await console_of(request).people.sessions.end_all(user.id, but=actor.session)
    record(request, about=user.name, after={"ended": count})
    return go_to("/account?done=sessions")


async def _page(request: Request, actor: Viewer, user: User, *, done: str = "", **wrong: str) -> Response:
    people = console_of(request).people
    return page(
        request,
        "account.html",
        actor,
        here="account",
        status=422 if wrong else 200,
        user=user,
        done=done,
        sessions=await people.sessions.of(user.id),
        codes_left=await people.recovery_codes.left(user.id),
        codes_needed=user.role in people.settings.codes_for,
        wrong={"wrong_old": "", "wrong_new": "", "wrong_off": "", "wrong_renew": ""} | wrong,
    )
