"""A theme as the pages use it: its style, its pictures under their addresses, its words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from waitroom.errors import SettingsError
from waitroom.gate.static import PREFIX, StaticFile, made
from waitroom.moved.page import MovedPage
from waitroom.moved.variables import VARIABLES
from waitroom.settings.theme import ThemeSettings, look_of
from waitroom.themes.looks import STACKS
from waitroom.themes.palette import properties
from waitroom.themes.picture import INLINED, read_picture

LARGEST_STYLE = 8_192
"""Bytes of a shop's own CSS."""
_NOT_LET = re.compile(
    r"</style|<!--|@import\b|@font-face\b|url\(\s*[\"']?(?!data:|#)[^)]{0,40}", re.IGNORECASE
)
SHEET = "waiting.css"
"""The sheet of all pages, which a theme changes."""
_LOGO = ".brand picture{display:flex}.logo{block-size:2rem;inline-size:auto;max-inline-size:55vw;object-fit:contain}"
_LINKS = ".links{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;margin-block-start:1.5rem;font-size:.875rem}"
"""Of what is only there where it is set."""
NIGHT = "(prefers-color-scheme: dark)"
"""What a system in the dark answers to."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture in place of the name: the addresses by day and by night, and what is said of it."""

    light: str
    dark: str
    alt: str


@dataclass(frozen=True, slots=True)
class Theme:
    """How pages look. Without anything set it is as the templates are by themselves."""

    name: str = ""
    """The shop's; empty: the pages have their own word."""
    style: str = ""
    """CSS that comes behind the sheet of all pages; empty: none."""
    schemes: str = "light dark"
    """Which a page has, as ``color-scheme`` names them."""
    logo: Logo | None = None
    favicon: str = ""
    """Its address; empty: the mark of the pages."""
    links: tuple[tuple[str, str], ...] = ()
    """At the foot: what each is, and where it leads."""
    templates: Path | None = None
    """The folder of the shop's own templates."""
    moved: MovedPage | None = None
    """The page of those who wait, where it comes from elsewhere."""
    files: tuple[StaticFile, ...] = ()
    """What has an address of its own."""


PLAIN = Theme()
"""The pages as they are by themselves."""


def theme_of(settings: ThemeSettings, named: str = "theme", inlined: int = INLINED) -> Theme:
    """The theme of these settings. Raises :class:`~waitroom.errors.SettingsError` where a file is not what it should
    be; ``named`` is what the table is called then. Pictures of so many bytes stand in the page itself (``inlined``)."""
    files: dict[str, StaticFile] = {}
    logo = None
    if settings.logo is not None:
        light = _address(settings.logo, f"{named}.logo", inlined, files)
        dark = (
            _address(settings.logo_dark, f"{named}.logo_dark", inlined, files)
            if settings.logo_dark
            else light
        )
        logo = Logo(light, dark, settings.logo_alt or settings.name)
    favicon = _address(settings.favicon, f"{named}.favicon", inlined, files) if settings.favicon else ""
    links = tuple(
        (name, address)
        for name in type(settings.links).model_fields
        if (address := getattr(settings.links, name)) is not None
    )
    schemes = {"light": "light", "dark": "dark"}.get(settings.scheme or "", "light dark")
    return Theme(
        name=settings.name,
        style="".join(
            [
                style_of(settings),
                _LOGO if logo else "",
                _LINKS if links else "",
                _own_style(settings.css, f"{named}.css"),
            ]
        ),
        schemes=schemes,
        logo=logo,
        favicon=favicon,
        links=links,
        templates=settings.templates,
        moved=_moved(settings, named),
        files=tuple(files.values()),
    )


def style_of(settings: ThemeSettings) -> str:
    """The custom properties that differ from those of the sheet, as CSS."""
    look = look_of(settings)
    always: dict[str, str] = {}
    if settings.look is not None or settings.corners is not None:
        always["corner"] = f"{look.corners:g}px"
    if settings.look is not None or settings.font is not None:
        always["font"] = STACKS[look.font]
    chooses = settings.look or settings.accent or settings.background or settings.text
    if not (chooses or settings.dark.model_fields_set or settings.scheme not in (None, "both")):
        return _rule(always) if always else ""
    if settings.scheme in ("light", "dark"):
        colours = look.light if settings.scheme == "light" else look.dark
        return _rule({**always, **properties(colours)}, f"color-scheme:{settings.scheme}")
    night = _rule(properties(look.dark))
    return f"{_rule({**always, **properties(look.light)})}@media {NIGHT}{{{night}}}"


def _rule(values: Mapping[str, str], more: str = "") -> str:
    written = [f"--{name}:{value}" for name, value in values.items()]
    return f":root{{{';'.join([*written, *([more] if more else [])])}}}"


def _moved(settings: ThemeSettings, named: str) -> MovedPage | None:
    if settings.cloudflare_page is None:
        return None
    return MovedPage(
        settings.cloudflare_page, settings.cloudflare_hosts, VARIABLES, f"{named}.cloudflare_page"
    )


def _own_style(path: Path | None, setting: str) -> str:
    if path is None:
        return ""
    try:
        style = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{setting}: {path}: cannot be read: {error}") from None
    if len(style.encode()) > LARGEST_STYLE:
        most = f"must be at most {LARGEST_STYLE // 1024} KiB: it is part of every page"
        raise SettingsError(f"{setting}: {path}: {most}")
    for found in _NOT_LET.finditer(style):
        line = style.count("\n", 0, found.start()) + 1
        raise SettingsError(
            f"{setting}: {path}:{line}: {found[0].strip()!r} is not let in: the page loads nothing"
        )
    return "\n".join(line.strip() for line in style.splitlines() if line.strip())


def _address(path: Path, setting: str, inlined: int, files: dict[str, StaticFile]) -> str:
    picture = read_picture(path, setting)
    if len(picture.body) <= inlined:
        return picture.data_url
    digest = hashlib.sha256(picture.body).hexdigest()[:12]
    address = f"{PREFIX}theme.{digest}.{picture.ending}"
    files[address] = made(address, picture.content_type, picture.body)
    return address
