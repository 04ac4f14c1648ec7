"""The pages' templates: all values escaped, undefined names are errors."""

from __future__ import annotations

import gzip

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.pages import words
from admin.pages.moments import moment
from admin.pages.navigation import ROOM, SITE, places
from admin.pages.static import FILES
from admin.pages.zoned import both, zoned
from admin.problems import Problem
from waitroom import __version__
from waitroom.resources import templates_dir

THEME_COOKIE = "waitroom_theme"
_THEMES = ("light", "dark")
_WORTH_COMPRESSING = 1024


def embedded(json: str) -> Markup:
    """JSON as the content of a ``<script type="application/json">``, in no text of which the element can end."""
    return Markup(json.replace("<", "\\u003c"))  # noqa: S704


def environment() -> Environment:
    """The environment of the pages."""
    made = Environment(
        loader=FileSystemLoader(templates_dir() / "admin"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        static=FILES.url,
        modules=FILES.modules,
        number=words.number,
        span=words.span,
        sentence=words.sentence,
        embedded=embedded,
        moment=moment,
        zoned=zoned,
        both=both,
    )
    made.globals["version"] = __version__
    return made


_ENVIRONMENT = environment()


def fragment(template: str, **context: object) -> str:
    """A part of a page, for a script to put in place of what stands there."""
    return _ENVIRONMENT.get_template(template).render(**context)


def page(
    request: Request,
    template: str,
    actor: Actor | None,
    *,
    here: str = "",
    room: str = "",
    status: int = 200,
    problem: Problem | None = None,
    **context: object,
) -> Response:
    """A page of the console as an answer.

    ``here`` is the name of its route, by which the navigation marks it; ``room`` is the room that it is about, whose
    pages are then linked as well. ``problem`` is why what was asked for was not done, and gives the status. The
    templates know all of them, ``theme``, and ``csrf``, which is ``request.state.csrf`` where the sign-in has set it.
    """
    role = actor.role if actor else None
    theme = request.cookies.get(THEME_COOKIE, "")
    body = (
        _ENVIRONMENT.get_template(template)
        .render(
            actor=actor,
            may={each.value: role is not None and role.allows(each) for each in Role},
            here=here,
            room=room,
            site_links=list(places(request, SITE, role, here=here)) if role else [],
            room_links=list(places(request, ROOM, role, here=here, room=room)) if role and room else [],
            theme=theme if theme in _THEMES else "",
            problem=problem.detail if problem else "",
            csrf=getattr(request.state, "csrf", ""),
            **context,
        )
        .encode()
    )
    headers = {"vary": "accept-encoding, cookie"}
    if problem is not None:
        status, headers = problem.status, headers | problem.fields
    if len(body) > _WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, compresslevel=5)
        headers["content-encoding"] = "gzip"
    return Response(body, status, headers, "text/html; charset=utf-8")
