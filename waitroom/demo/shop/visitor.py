"""Who is asking, and what they sent: the cart's cookie and small forms."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from waitroom.demo.shop.cart import COOKIE

_MOST_BYTES = 16_384


def cart_name(request: Request) -> str | None:
    """The name of the visitor's cart, if they have one."""
    return request.cookies.get(COOKIE)


def remember(response: Response, name: str) -> None:
    """Gives the visitor their cart's name to keep."""
    response.set_cookie(COOKIE, name, max_age=86_400, httponly=True, samesite="lax")


async def small_body(request: Request) -> bytes:
    """The request's body.

    Raises:
        HTTPException: 413, it is larger than any form of this shop.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise HTTPException(413)
    return bytes(body)


async def form(request: Request) -> dict[str, str]:
    """The fields of a submitted form, url-encoded as browsers send it by default."""
    body = await small_body(request)
    return dict(parse_qsl(body.decode("utf-8", "replace")))
