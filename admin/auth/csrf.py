"""Requests that another site made a browser send are refused.

First by what browsers say of it, ``Sec-Fetch-Site`` and ``Origin``: the scheme of Go's ``CrossOriginProtection``
(`Filippo Valsorda, Cross-Site Request Forgery <https://words.filippo.io/csrf/>`_; `OWASP, Cross-Site Request Forgery
Prevention <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>`_).
Then by a token that only a page of this session has, in each form and in each request of a script: the second line, for
whatever the first misses.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection
from hashlib import sha256
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from admin.auth import cookies
from admin.problems import Problem
from waitroom.signing import derived_key

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf"
"""The name of the form's hidden field."""
HEADER = "x-csrf-token"
"""The header field in which scripts send it."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class SameOrigin:
    """ASGI middleware that refuses unsafe requests from another origin, whatever they are for.

    Those with a bearer token are exempt, since no browser adds one by itself. ``origins`` are the console's own beside
    that of the ``Host`` field, for proxies that exchange it; ``answer`` makes the answer of a refusal.
    """

    def __init__(
        self, app: ASGIApp, origins: Collection[str], answer: Callable[[Request, Problem], Response]
    ) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers 403."""
        if scope["type"] == "http" and scope["method"] not in SAFE:
            headers = Headers(scope=scope)
            if not is_bearer(headers) and not self._is_ours(headers, scope):
                await self._answer(Request(scope), _refusal())(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_ours(self, headers: Headers, scope: Scope) -> bool:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin in self._origins:
            return True
        if site is not None:
            return site in ("same-origin", "none")
        if origin is None:
            # no browser of today: programs send neither, and none of them has a session by accident
            return not _has_session(Request(scope))
        return origin != "null" and _host_of(origin) == headers.get("host")


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None  # no browser writes such a one


def form_token(secret: str, held: str) -> str:
    """The token of the forms of a session, from what its browser holds."""
    return hmac.new(derived_key("console.form", secret), held.encode(), sha256).hexdigest()


async def check_token(request: Request, token: str) -> None:
    """A session's unsafe request must have its token. Raises a :class:`~admin.problems.Problem` with status 403."""
    if request.method in SAFE:
        return
    given: object = request.headers.get(HEADER)
    if given is None and _is_form(request):
        given = (await request.form()).get(FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), token.encode()):
        await request.close()  # files that came with it
        raise _refusal()


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() in _FORMS


def is_bearer(headers: Headers) -> bool:
    """Whether a request is a program's, with a token."""
    return headers.get("authorization", "").partition(" ")[0].lower() == "bearer"


def _has_session(request: Request) -> bool:
    return cookies.read(request, cookies.SESSION) is not None


def _refusal() -> Problem:
    return Problem(
        403,
        "cross-site",
        "This did not come from a page of the console as it is now. Open the page anew, and try again.",
    )
