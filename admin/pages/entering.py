"""What the pages of the sign-in have in common: the browser that asks, and what it is given to hold."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request, Response

from admin.auth import cookies
from admin.auth.csrf import form_token
from admin.auth.sessions import Step
from admin.auth.sign_in import Begun, Caller, caller_of
from admin.auth.totp import Offer
from admin.auth.user import User
from admin.console import console_of
from admin.pages.forms import go_to, own_path
from admin.pages.templates import page

_DEVICE_SECONDS = 365 * 86_400
_NEXT = {Step.CODE: "/sign-in/code", Step.ENROL: "/sign-in/set-up"}


def caller(request: Request) -> Caller:
    """The browser that asks."""
    return caller_of(request, cookies.read(request, cookies.SESSION), cookies.read(request, cookies.DEVICE))


def hold(request: Request, response: Response, begun: Begun) -> None:
    """Gives the browser its session."""
    cookies.write(request, response, cookies.SESSION, begun.session)
    if begun.device is not None:
        cookies.write(request, response, cookies.DEVICE, begun.device, max_age_seconds=_DEVICE_SECONDS)
    request.state.csrf = form_token(console_of(request).people.site_secret, begun.session)


def entered(request: Request, begun: Begun, to: str) -> Response:
    """The answer to a sign-in: on to where they wanted to go, or to the next step."""
    if begun.step is Step.IN:
        response = go_to(own_path(to))
    else:
        response = go_to(f"{_NEXT[begun.step]}?{urlencode({'to': own_path(to)})}")
    hold(request, response, begun)
    return response


def offer(request: Request, user: User, sealed: str | None = None) -> Offer:
    """A secret for the user's app, or the one that was just offered."""
    site = request.url.hostname or "console"
    return console_of(request).people.totp.offer(user.name, f"waitroom {site}", sealed)


async def recovery_codes(request: Request, user: User, begun: Begun | None, go_on: str) -> Response:
    """The page that shows new recovery codes, this once."""
    codes = await console_of(request).people.recovery_codes.make(user.id)
    if begun is None:
        return page(request, "codes-recovery.html", None, codes=codes, go_on=go_on)
    shown = page(request, "codes-recovery.html", None, codes=codes, go_on=go_on)
    hold(request, shown, begun)
    return shown
