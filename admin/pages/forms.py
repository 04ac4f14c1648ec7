"""What a form of a page sends."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import RedirectResponse


async def fields(request: Request) -> Mapping[str, str]:
    """The fields of a form, the last of each name; files are left out."""
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def go_to(path: str) -> RedirectResponse:
    """The answer to a form whose wish was done: the browser asks for a page, which can be reloaded without harm."""
    return RedirectResponse(path, 303)


def own_path(path: str) -> str:
    """A path of the console's own; ``/`` in place of anything that leads elsewhere."""
    plain = path.isascii() and path.isprintable() and path.startswith("/") and len(path) <= 2000
    return path if plain and path[1:2] not in ("/", "\\") else "/"
