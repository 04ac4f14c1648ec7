"""The pages of the sign-in: name and password, then a code, or its set-up where the role needs one."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.audit.trail import record
from admin.auth import cookies, sign_in
from admin.auth.access import actor_of, session_of
from admin.auth.sessions import Session, Step
from admin.auth.user import LONGEST_NAME, User
from admin.console import console_of
from admin.pages.entering import caller, entered, offer, recovery_codes
from admin.pages.forms import fields, go_to, own_path
from admin.pages.templates import page
from admin.problems import Problem

router = APIRouter(include_in_schema=False)


@router.get("/sign-in", name="sign-in")
async def ask(request: Request, to: str = "/") -> Response:
    """Name and password."""
    try:
        await actor_of(request)
    except Problem:
        return await ask_again(request, to)
    return go_to(own_path(to))


@router.post("/sign-in", name="sign-in")
async def take(request: Request) -> Response:
    """Signs in, or says that it cannot be."""
    given = await fields(request)
    name, to = given.get("name", "")[: 4 * LONGEST_NAME], given.get("to", "/")
    people = console_of(request).people
    # people slip, and type a password there: what is nobody's name is written nowhere
    user = await people.users.named(name)
    record(request, action="sign-in", about=user.name if user else "unknown name", after={"by": "password"})
    try:
        begun = await sign_in.with_password(people, caller(request), name, given.get("password", ""))
    except Problem as problem:
        return await ask_again(request, to, name=name, problem=problem)
    record(request, who=begun.user.name, after={"step": begun.step.value})
    return entered(request, begun, to)


@router.get("/sign-in/code", name="sign-in-code")
async def ask_code(request: Request, to: str = "/") -> Response:
    """The code of the app."""
    if await session_of(request, Step.CODE) is None:
        return go_to("/sign-in")
    return page(request, "sign-in-code.html", None, to=own_path(to))


@router.post("/sign-in/code", name="sign-in-code")
async def take_code(request: Request) -> Response:
    """Signs in, or says that the code is wrong."""
    session, user = await _half_way(request, Step.CODE)
    given = await fields(request)
    record(request, action="sign-in", about=user.name, after={"by": "code"})
    people, to = console_of(request).people, own_path(given.get("to", "/"))
    try:
        begun, is_recovery = await sign_in.with_code(
            people, caller(request), session, user, given.get("code", "")
        )
    except Problem as problem:
        return page(request, "sign-in-code.html", None, to=to, problem=problem)
    if is_recovery:
        left = await people.recovery_codes.left(user.id)
        record(request, after={"by": "recovery code", "recovery codes left": left})
    record(request, who=user.name)
    return entered(request, begun, to)


@router.get("/sign-in/set-up", name="sign-in-set-up")
async def ask_set_up(request: Request) -> Response:
    """Where the role needs an app: its set-up."""
    found = await session_of(request, Step.ENROL)
    if found is None:
        return go_to("/sign-in")
    return page(request, "codes-set-up.html", None, offer=offer(request, found[1]), must=True)


@router.post("/sign-in/set-up", name="sign-in-set-up")
async def take_set_up(request: Request) -> Response:
    """Signs in with the first code, and shows the recovery codes."""
    _, user = await _half_way(request, Step.ENROL)
    given = await fields(request)
    record(request, who=user.name, action="turn on codes", about=user.name)
    people, sealed = console_of(request).people, given.get("offer", "")
    try:
        user = await sign_in.turn_on_codes(people, user, sealed, given.get("code", ""))
    except Problem as problem:
        shown = offer(request, user, sealed)
        return page(request, "codes-set-up.html", None, offer=shown, must=True, problem=problem)
    begun = await sign_in.begin(people, caller(request), user, Step.IN)
    return await recovery_codes(request, user, begun, go_on="/")


@router.post("/sign-out", name="sign-out")
async def leave(request: Request) -> Response:
    """Ends the session of this browser."""
    found = await session_of(request, *Step)
    response = go_to("/sign-in")
    if found is not None:
        record(request, who=found[1].name, action="sign-out")
        await console_of(request).people.sessions.end(found[0].id)
    cookies.clear(request, response, cookies.SESSION)
    return response


async def ask_again(request: Request, to: str, *, name: str = "", problem: Problem | None = None) -> Response:
    """The first page of the sign-in, and why there is another one to fill in."""
    return page(
        request,
        "sign-in.html",
        None,
        to=own_path(to),
        name=name,
        problem=problem,
        nobody=await console_of(request).people.users.is_empty(),
        provider=console_of(request).settings.sign_in.oidc,
        in_the_clear=not cookies.is_encrypted(request) and not cookies.is_loopback(request),
    )


async def _half_way(request: Request, step: Step) -> tuple[Session, User]:
    found = await session_of(request, step)
    if found is None:
        raise Problem(401, "sign-in", "This took too long. Sign in again.")
    return found
