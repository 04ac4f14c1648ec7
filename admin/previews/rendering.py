"""The visitors' pages in the console: sandboxed, and in light or dark whatever the viewer's own system is in."""

from __future__ import annotations

from enum import StrEnum

from waitroom.gate.page import CONTENT_SECURITY_POLICY, Pages, PageView
from waitroom.gate.static import PREFIX, StaticFile
from waitroom.resources import templates_dir

POLICY = "sandbox allow-scripts; " + CONTENT_SECURITY_POLICY.replace(
    "connect-src 'self'", "connect-src 'none'"
)
"""The page's own policy, and besides: it is of no origin, so that it reaches nothing of the console."""
FOLDER = "/visitor"
_SYSTEM = "(prefers-color-scheme: dark)"
_BOTH = "light dark"


class Scheme(StrEnum):
    """The colours of a preview."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_pages = Pages(templates_dir())


def page(view: PageView, scheme: Scheme) -> bytes:
    """A page in these colours."""
    text = _pages.waiting(view).decode().replace(PREFIX, f"{FOLDER}/{scheme}/")
    if scheme is not Scheme.SYSTEM:
        text = text.replace(f'content="{_BOTH}"', f'content="{scheme}"', 1)
    return text.encode()


def static_file(scheme: Scheme, name: str) -> tuple[StaticFile, bytes] | None:
    """A file of the visitors' pages and its content in these colours; None where there is none."""
    found = _pages.static.lookup(PREFIX + name)
    if found is None:
        return None
    body = found.body
    if scheme is not Scheme.SYSTEM and found.content_type.startswith("text/css"):
        # what the viewer's system is in cannot be said to a page: so it is said to its style
        holds = "all" if scheme is Scheme.DARK else "not all"
        text = body.decode().replace(_SYSTEM, holds)
        body = text.replace(f"color-scheme: {_BOTH}", f"color-scheme: {scheme}").encode()
    return found, body
