"""Every route of the console says which role it needs: a new one cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from admin.auth.access import Needs
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client
from tests.admin.people import Browser, make_user, signed_in, token_of

pytestmark = pytest.mark.anyio

OPEN = {
    "/health/live",
    "/api/openapi.json",
    "/static/{digest}/{name}",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/set-up",
    "/sign-in/provider",
    "/sign-in/provider/back",
    "/sign-out",
    "/welcome",
}
"""Open to all: they say nothing of the site, or are the way in."""


def needed(dependant: Dependant) -> Iterator[Role]:
    """The roles that a route asks for."""
    if isinstance(dependant.call, Needs):
        yield dependant.call.role
    for each in dependant.dependencies:
        yield from needed(each)


def flat(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes with those of the routers among them."""
    for route in routes:
        if (router := getattr(route, "original_router", None)) is not None:
            yield from flat(router.routes)
        else:
            yield route


def routes(app: FastAPI) -> Iterator[tuple[str, str, Role | None]]:
    """Method, path and role of each route."""
    for route in flat(app.routes):
        methods = getattr(route, "methods", None) or {"GET"}
        roles = list(needed(route.dependant)) if isinstance(route, APIRoute) else []
        for method in sorted(methods - {"HEAD"}):
            yield method, getattr(route, "path", ""), roles[0] if roles else None


async def test_each_route_needs_a_role_or_is_named_as_open(app: FastAPI) -> None:
    """No route is open by oversight."""
    assert set() == {path for _, path, role in routes(app) if role is None} - OPEN


async def test_each_role_is_let_through_where_it_suffices_only(app: FastAPI, client: Client) -> None:
    """Who has too little is told 403, on every route."""
    clients = {role: client(role) for role in Role}
    anonymous = client()
    for method, path, needs in routes(app):
        if needs is None:
            continue
        url = path.replace("{room}", "drop")
        assert 401 == (await anonymous.request(method, url)).status_code, (method, path)
        for role in Role:
            if not role.allows(needs):
                assert 403 == (await clients[role].request(method, url)).status_code, (method, path, role)


async def test_each_role_is_let_through_where_it_suffices_only_by_session_too(
    app: FastAPI, console: Console, browser: Browser
) -> None:
    """People are held to the same as programs, with every method, and whatever token their forms have."""
    people = {}
    for role in Role:
        await make_user(console, f"a {role}", role)
        people[role] = await signed_in(browser(), f"a {role}")
    tokens = {role: await token_of(each, "/account") for role, each in people.items()}
    for method, path, needs in routes(app):
        for role in Role:
            if needs is not None and not role.allows(needs):
                headers = {"x-csrf-token": tokens[role]}
                answer = await people[role].request(method, path.replace("{room}", "drop"), headers=headers)
                assert 403 == answer.status_code, (method, path, role)
                assert "This needs the role" in answer.text, (method, path, role)


async def test_answers_run_nothing_from_elsewhere(client: Client) -> None:
    """A strict policy stands on each answer, refusals too."""
    for path in ("/api/rooms", "/health/live", "/nowhere"):
        headers = (await client().get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert ("nosniff", "no-store") == (headers["x-content-type-options"], headers["cache-control"])
