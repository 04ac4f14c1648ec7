"""What goes wrong, as a page for people; who has yet to sign in is led there."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request, Response

from admin.auth.actor import Actor
from admin.pages.forms import go_to
from admin.pages.templates import page
from admin.problems import Problem


def answer(request: Request, problem: Problem) -> Response:
    """A page for a browser that asked for one, a problem (RFC 9457) for anything else."""
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return problem.response()
    if problem.kind == "sign-in":
        if request.method != "GET" or request.url.path == "/":
            return go_to("/sign-in")
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return go_to(f"/sign-in?{urlencode({'to': here})}")
    actor = getattr(request.state, "actor", None)
    who = actor if isinstance(actor, Actor) else None
    return page(request, "problem.html", who, problem=problem, title=problem.title, detail=problem.detail)
