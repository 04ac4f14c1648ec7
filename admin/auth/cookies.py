"""The console's cookies.

Their names begin with ``__Host-``: a browser takes such a cookie only from this very host, with Secure and Path=/
(RFC 6265bis section 4.1.3.2), so nobody else can plant one. Over plain HTTP not every browser does: Chromium and
Firefox keep Secure cookies of a loopback address, Safari and most programs keep none, and elsewhere none does. There,
and only there, the same goes without the prefix as well.
"""

from __future__ import annotations

from ipaddress import ip_address

from fastapi import Request, Response

SESSION = "waitroom_console"
DEVICE = "waitroom_device"
PROVIDER = "waitroom_oidc"
_PREFIX = "__Host-"


def read(request: Request, name: str) -> str | None:
    """What the browser holds."""
    held = request.cookies.get(_PREFIX + name)
    if held is None and not is_encrypted(request):
        held = request.cookies.get(name)
    return held


def write(
    request: Request, response: Response, name: str, value: str, *, max_age_seconds: int | None = None
) -> None:
    """Gives the browser something to hold; without an age until it is closed.

    SameSite is Lax: with Strict, a link from a chat or the way back from a sign-in provider would lead to the sign-in.
    What changes anything is guarded by :mod:`admin.auth.csrf`.
    """
    encrypted = is_encrypted(request)
    if encrypted or is_loopback(request):
        response.set_cookie(
            _PREFIX + name, value, max_age_seconds, path="/", secure=True, httponly=True, samesite="lax"
        )
    if not encrypted:
        response.set_cookie(name, value, max_age_seconds, path="/", httponly=True, samesite="lax")


def clear(request: Request, response: Response, name: str) -> None:
    """Takes it away."""
    write(request, response, name, "", max_age_seconds=0)


def is_encrypted(request: Request) -> bool:
    """Whether the browser came by HTTPS."""
    return request.url.scheme == "https"


def is_loopback(request: Request) -> bool:
    """Whether the browser runs on this machine, by the address that it opened."""
    name = request.url.hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
