"""The visitors' pages in the console: sandboxed, and in light or dark whatever the viewer's own system is in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from waitroom.gate.page import Pages, PageView, Press
from waitroom.resources import templates_dir

_STYLE = "waiting.css"
_SYSTEM = "(prefers-color-scheme: dark)"
_BOTH = "light dark"


class Scheme(StrEnum):
    """The colours of a preview."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Preview:
    """A page, and the policy that it must be sent with."""

    body: bytes
    policy: str


def preview(view: PageView, scheme: Scheme) -> Preview:
    """A page in these colours. By its policy it is of no origin, so that it reaches nothing of the console."""
    page = _pages(scheme).waiting(view)
    text = page.body.decode()
    if scheme is not Scheme.SYSTEM:
        text = text.replace(f'content="{_BOTH}"', f'content="{scheme}"', 1)
    own = dict(page.headers)[b"content-security-policy"].decode()
    return Preview(
        text.encode(), "sandbox allow-scripts; " + own.replace("connect-src 'self'", "connect-src 'none'")
    )


@lru_cache(None)
def _pages(scheme: Scheme) -> Pages:
    templates = templates_dir()
    if scheme is Scheme.SYSTEM:
        return Pages(templates)
    # what the viewer's system is in cannot be said to a page: so it is said to its style
    holds = "all" if scheme is Scheme.DARK else "not all"
    style = (templates / "inline" / _STYLE).read_text(encoding="utf-8").replace(_SYSTEM, holds)
    return Pages(
        Press(templates, {_STYLE: style.replace(f"color-scheme: {_BOTH}", f"color-scheme: {scheme}")})
    )
