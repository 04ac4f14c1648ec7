"""What a visitor sees when something is not there."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from waitroom.demo.shop.cart import Cart
from waitroom.demo.shop.look import TEMPLATES


async def failed(request: Request, error: Exception) -> Response:
    """A page, or JSON for the API."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    reason = HTTPStatus(status).phrase
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": reason.lower()}, status)
    return TEMPLATES.TemplateResponse(
        request, "error.html", {"status": status, "reason": reason, "cart": Cart()}, status_code=status
    )
