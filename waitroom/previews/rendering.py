"""The visitors' pages in light or in dark, whatever the viewer's own system is in, and of no origin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache, partial

from waitroom.errors import SettingsError
from waitroom.gate._templates import told
from waitroom.gate.page import Pages
from waitroom.gate.press import Press
from waitroom.gate.waiting import OURS
from waitroom.gate.whole_page import Page
from waitroom.messages.message import Said
from waitroom.previews.cloudflares import values_of
from waitroom.previews.samples import Sample, view_of
from waitroom.resources import templates_dir
from waitroom.settings import RoomSettings
from waitroom.themes.theme import NIGHT, SHEET, Theme
from waitroom.words.language import ENGLISH, language

_BOTH = "light dark"
Make = Callable[[Pages], Page]


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


class StrictPages(Pages):
    """Pages that fail where a template of the shop's own does: nothing stands in for it."""

    def _render(self, name: str, **values: object) -> bytes:
        return self._rendered(name, values)


def preview(make: Make, scheme: Scheme, theme: Theme, tag: str = ENGLISH.tag) -> Preview:
    """A page in these colours and this language. By its policy it is of no origin, so that it reaches nothing."""
    return _shown(make(_pages(theme, scheme, tag)), scheme)


def strictly(make: Make, scheme: Scheme, theme: Theme, tag: str) -> Preview:
    """The same, where templates may be wrong. Raises :class:`~waitroom.errors.SettingsError`, with file and line."""
    try:
        return _shown(make(StrictPages(_press(theme, scheme), language(tag))), scheme)
    except Exception as error:
        raise SettingsError(told(error)) from error


def waiting(sample: Sample, room: RoomSettings, said: Said, theme: Theme) -> Make:
    """The page of those who wait in a room, in a state."""
    moved, now = theme.moved, datetime.now(UTC)
    if moved is not None and sample.state not in OURS:
        values = values_of(sample, now)
        return lambda _: moved.made(values)
    return partial(Pages.waiting, view=view_of(sample, room, said, now))


def _shown(page: Page, scheme: Scheme) -> Preview:
    """A page as a preview shows it."""
    text = page.body.decode()
    if scheme is not Scheme.SYSTEM:
        text = text.replace(f'content="{_BOTH}"', f'content="{scheme}"', 1)
        text = text.replace(f'media="{NIGHT}"', f'media="{_holds(scheme)}"')
    policy = dict(page.headers)[b"content-security-policy"].decode()
    own = policy.replace("connect-src 'self'", "connect-src 'none'")
    return Preview(text.encode(), f"sandbox allow-scripts; {own}")


@lru_cache(64)
def _pages(theme: Theme, scheme: Scheme, tag: str) -> Pages:
    """The pages of a theme in a language and in these colours."""
    return Pages(_press(theme, scheme), language(tag))


@lru_cache(16)
def _press(theme: Theme, scheme: Scheme) -> Press:
    folder = templates_dir()
    if scheme is Scheme.SYSTEM:
        return Press(folder, theme=theme)
    sheet = (folder / "inline" / SHEET).read_text(encoding="utf-8")
    fixed = {SHEET: _fixed(sheet, scheme)}
    return Press(folder, fixed, theme=replace(theme, style=_fixed(theme.style, scheme)))


def _fixed(style: str, scheme: Scheme) -> str:
    # what the viewer's system is in cannot be said to a page: so it is said to its style
    return style.replace(NIGHT, _holds(scheme)).replace(f"color-scheme: {_BOTH}", f"color-scheme: {scheme}")


def _holds(scheme: Scheme) -> str:
    return "all" if scheme is Scheme.DARK else "not all"
