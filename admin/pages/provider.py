"""The way to the sign-in provider, and the way back."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request, Response

from admin.audit.trail import record
from admin.auth import cookies, sign_in
from admin.auth.oidc.metadata import ProviderError
from admin.auth.oidc.person import NotAllowedError, Person
from admin.auth.oidc.provider import ATTEMPT_SECONDS, Provider
from admin.auth.people import People
from admin.auth.sessions import Step
from admin.auth.user import User, UserError
from admin.console import console_of
from admin.pages.entering import caller, entered
from admin.pages.forms import go_to, own_path
from admin.pages.sign_in import ask_again
from admin.problems import Problem

BACK = "/sign-in/provider/back"
_UNREACHABLE = (
    "The sign-in provider does not answer as it should. Sign in with a password, or try again later."
)

logger = logging.getLogger("waitroom.console")
router = APIRouter(include_in_schema=False)


@router.get("/sign-in/provider", name="sign-in-provider")
async def go(request: Request, to: str = "/") -> Response:
    """Sends the browser to the provider."""
    people = console_of(request).people
    provider = _provider(request)
    base = people.settings.address or str(request.base_url).rstrip("/")
    try:
        url, held = await provider.begin(base + BACK, own_path(to))
    except ProviderError as error:
        return await _unreachable(request, to, error)
    response = go_to(url)
    cookies.write(request, response, cookies.PROVIDER, held, max_age_seconds=ATTEMPT_SECONDS)
    return response


@router.get(BACK, name="sign-in-provider-back")
async def back(request: Request) -> Response:
    """Signs in who comes back from there."""
    people, provider = console_of(request).people, _provider(request)
    record(request, action="sign-in", after={"by": provider.settings.issuer})
    try:
        person, to = await provider.finish(
            cookies.read(request, cookies.PROVIDER), dict(request.query_params)
        )
        record(request, about=person.name)
        user = await _user(people, provider, person)
    except ProviderError as error:
        response = await _unreachable(request, "/", error)
    except (NotAllowedError, UserError) as error:
        record(request, why=str(error))
        response = await ask_again(request, "/", problem=Problem(403, "not-allowed", str(error)))
    else:
        record(request, who=user.name, about=user.name, after={"role": user.role.value})
        response = entered(request, await sign_in.begin(people, caller(request), user, Step.IN), to)
    cookies.clear(request, response, cookies.PROVIDER)
    return response


async def _user(people: People, provider: Provider, person: Person) -> User:
    user = await people.users.from_provider(
        provider.settings.issuer, person.subject, person.name, person.role
    )
    if user.disabled_at is not None:
        raise NotAllowedError("An admin of the console has disabled you here.")
    return user


def _provider(request: Request) -> Provider:
    provider = console_of(request).people.provider
    if provider is None:
        raise Problem(404, "no-provider", "No sign-in provider is set.")
    return provider


async def _unreachable(request: Request, to: str, error: ProviderError) -> Response:
    logger.warning("sign-in provider: %s", error)
    record(request, action="sign-in", why=str(error))
    return await ask_again(request, to, problem=Problem(503, "provider", _UNREACHABLE))
