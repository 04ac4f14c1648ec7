"""The page behind a one-time link: the first admin chooses a name and a password, others a password."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.audit.trail import record
from admin.auth import sign_in
from admin.auth.links import Link, LinkOverError
from admin.auth.passwords import BusyError, weakness
from admin.auth.people import People
from admin.auth.sessions import Step
from admin.auth.user import User, UserError, checked_name
from admin.console import console_of
from admin.pages.entering import caller, entered
from admin.pages.forms import fields
from admin.pages.templates import page
from admin.problems import Problem

router = APIRouter(include_in_schema=False)


@router.get("/welcome", name="welcome")
async def ask(request: Request, link: str = "") -> Response:
    """Name and password. Looking at it does not use the link up: chats and mail programs look too."""
    people = console_of(request).people
    try:
        found = await people.links.look(link)
    except LinkOverError as error:
        return _over(request, error)
    return _page(request, link, found)


@router.post("/welcome", name="welcome")
async def take(request: Request) -> Response:
    """Uses the link: whoever has it is signed in."""
    given = await fields(request)
    link, name, password = given.get("link", ""), given.get("name", ""), given.get("password", "")
    people = console_of(request).people
    record(request, action="use one-time link", about="")
    try:
        found = await people.links.look(link)
    except LinkOverError as error:
        return _over(request, error)
    name = found.user.name if found.user else name
    record(request, about=name)
    try:
        user = await _use(people, link, found, name, password)
    except LinkOverError as error:
        return _over(request, error)
    except (UserError, _WeakError) as error:
        return _page(request, link, found, name=name, problem=error)
    except BusyError:
        raise Problem(503, "busy", "Try again in a moment.", {"retry-after": "2"}) from None
    record(request, who=user.name, about=user.name, after={"role": user.role.value})
    step = Step.CODE if user.has_totp else Step.ENROL if user.role in people.settings.codes_for else Step.IN
    return entered(request, await sign_in.begin(people, caller(request), user, step), "/")


class _WeakError(Exception):
    """The password is not good enough: says why."""


async def _use(people: People, link: str, found: Link, name: str, password: str) -> User:
    if found.user is None:
        name = checked_name(name)
    if wrong := weakness(password, [name]):
        raise _WeakError(wrong)
    kept = await people.passwords.hash(password)
    if found.user is None:
        return await people.links.use_first(link, name, kept)
    return await people.links.use(link, kept)


def _page(
    request: Request, link: str, found: Link, *, name: str = "", problem: Exception | None = None
) -> Response:
    return page(
        request,
        "welcome.html",
        None,
        status=422 if problem else 200,
        link=link,
        user=found.user,
        name=name,
        wrong_name=str(problem) if isinstance(problem, UserError) else "",
        wrong_password=str(problem) if isinstance(problem, _WeakError) else "",
    )


def _over(request: Request, error: LinkOverError) -> Response:
    return page(request, "link-over.html", None, problem=Problem(410, "link-over", str(error)))
