"""What can be set about how the visitors' pages look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from waitroom.settings.kinds import Allowed, FilePath, Host, Number
from waitroom.settings.messages import plain_line
from waitroom.themes.looks import LOOKS, Font, Look, LookName
from waitroom.themes.palette import Colours, for_the_dark

_TABLE = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)


def _colour(given: str) -> str:
    colour = given.lower()
    return "#" + "".join(2 * digit for digit in colour[1:]) if len(colour) == 4 else colour


def _link(given: str) -> str:
    url = urlsplit(given)
    if url.scheme in ("http", "https"):
        is_link = bool(url.hostname)
    elif url.scheme:
        is_link = url.scheme in ("mailto", "tel")
    else:
        is_link = given.startswith("/") and not given.startswith(("//", "/\\"))
    if not is_link or any(character.isspace() or not character.isprintable() for character in given):
        raise ValueError("no link")
    return given


_Colour = Annotated[str, Field(pattern=r"^#(?:[0-9a-fA-F]{3}){1,2}$"), AfterValidator(_colour)]
_Link = Annotated[str, Field(max_length=1000), AfterValidator(_link)]
_Text = Annotated[
    str,
    Field(max_length=60),
    AfterValidator(plain_line),
    Allowed("a text of at most 60 characters, in one line"),
]
_Picture = Annotated[FilePath | None, Allowed("the path of an image of at most 64 KiB")]
Colour = Annotated[_Colour | None, Allowed('a colour such as "#0b6e4f" or "#08f"')]
Link = Annotated[
    _Link | None,
    Allowed('an address such as "https://shop.example/imprint", "/imprint" or "mailto:help@shop.example"'),
]


class DarkSettings(BaseModel):
    """The colours for those whose system is dark. What is left out is worked out, or that of the look."""

    model_config = _TABLE

    accent: Colour = Field(default=None, description="As the accent by day.")
    background: Colour = Field(default=None, description="As the background by day.")
    text: Colour = Field(default=None, description="As the text by day.")


class LinkSettings(BaseModel):
    """Links at the foot of each page. They open in a tab of their own: nobody loses the page that they wait at. An
    address of the shop that is in a room leads those who wait back to the line: let it pass (bypass.md)."""

    model_config = _TABLE

    imprint: Link = Field(default=None, description="Who runs the shop.")
    privacy: Link = Field(default=None, description="What the shop keeps of its visitors.")
    help: Link = Field(default=None, description="Where there is help.")


class ThemeSettings(BaseModel):
    """How the visitors' pages look. What a room leaves out is as for the whole installation."""

    model_config = _TABLE

    look: Annotated[LookName | None, Allowed("one of " + ", ".join(f'"{name}"' for name in LookName))] = (
        Field(
            default=None,
            description="Colours, corners and font that go together; each can be changed by the settings below.",
        )
    )
    name: _Text = Field(
        default="",
        description='The shop\'s name, at the head of the page and in its title. Empty: "Waiting room".',
    )
    logo: _Picture = Field(
        default=None,
        description="A file with the shop's logo, at the head of the page in place of its name, 32 pixels high: SVG, "
        "PNG, JPEG, GIF, WebP or AVIF. A relative path starts at the configuration file's folder.",
    )
    logo_dark: _Picture = Field(default=None, description="The same for dark pages. Left out: the logo.")
    logo_alt: _Text = Field(default="", description="What is said in place of the logo. Empty: the name.")
    favicon: _Picture = Field(default=None, description="A file with the icon of the tab.")
    scheme: Annotated[Literal["both", "light", "dark"] | None, Allowed('"both", "light" or "dark"')] = Field(
        default=None,
        description='"both" follows the visitor\'s system; "light" and "dark" are so for everyone. Left out: "both".',
    )
    accent: Colour = Field(
        default=None,
        description="The colour of links, buttons and the bar. Contrasts are checked at the start: accent and text "
        "need 4.5:1 on the background (WCAG 2.2 AA).",
    )
    background: Colour = Field(default=None, description="The colour of the page.")
    text: Colour = Field(default=None, description="The colour of text.")
    dark: Annotated[DarkSettings, Allowed("a table under a [theme.dark] heading")] = Field(
        default=DarkSettings(), description="The same by night."
    )
    corners: Annotated[Number | None, Field(ge=0, le=24), Allowed("a number from 0 to 24 (pixels)")] = Field(
        default=None, description="The radius of a button's corners; others follow it."
    )
    font: Annotated[Font | None, Allowed("one of " + ", ".join(f'"{font}"' for font in Font))] = Field(
        default=None, description="A font that the visitor's system has: none is loaded."
    )
    links: Annotated[LinkSettings, Allowed("a table under a [theme.links] heading")] = Field(
        default=LinkSettings(), description="Links at the foot of the page."
    )
    css: Annotated[FilePath | None, Allowed("the path of a file of at most 8 KiB")] = Field(
        default=None,
        description="A file with CSS of your own, which comes last on each page. It loads nothing: no imports, no "
        "fonts, images only as data:. A relative path starts at the configuration file's folder.",
    )
    cloudflare_page: Annotated[FilePath | None, Allowed("the path of an HTML file of at most 1 MiB")] = Field(
        default=None,
        description="The page of a Cloudflare waiting room, shown as it is to those who wait, in place of ours; see "
        "themes.md. A relative path starts at the configuration file's folder.",
    )
    cloudflare_hosts: Annotated[
        tuple[Host, ...], Allowed('a list of host names, such as ["fonts.gstatic.com"]')
    ] = Field(
        default=(), description="What that page may reach besides the hosts that stand in it, by HTTPS."
    )
    templates: Annotated[FilePath | None, Allowed("the path of a folder")] = Field(
        default=None,
        description="A folder with templates of your own (Jinja2) that change blocks of the pages; see themes.md. A "
        "relative path starts at the configuration file's folder.",
    )


_OF_A_LOOK = frozenset({"look", "scheme", "accent", "background", "text", "dark", "corners", "font"})


def merged(site: ThemeSettings, room: ThemeSettings) -> ThemeSettings:
    """What a room looks like: its own settings, and the installation's for the rest. A look that the room names brings
    its own colours, corners and font: of the installation's own none of those is left."""
    beneath = _given(site)
    if room.look is not None:
        beneath = {name: value for name, value in beneath.items() if name not in _OF_A_LOOK}
    above = _given(room)
    for name in ("dark", "links"):
        inner = {**_table(beneath.get(name)), **_table(above.get(name))}
        if inner:
            above[name] = inner
    return ThemeSettings.model_validate({**beneath, **above})


def look_of(theme: ThemeSettings) -> Look:
    """The look that is named, with what is changed of it. An accent by day that nobody has chosen a second one for is
    made bright enough for the night."""
    base = LOOKS[theme.look or LookName.PLAIN]
    light = Colours(
        theme.accent or base.light.accent,
        theme.background or base.light.background,
        theme.text or base.light.text,
    )
    background = theme.dark.background or base.dark.background
    accent = theme.dark.accent or base.dark.accent
    if theme.accent and not theme.dark.accent:
        accent = for_the_dark(theme.accent, background)
    dark = Colours(accent, background, theme.dark.text or base.dark.text)
    corners = base.corners if theme.corners is None else theme.corners
    return Look(light, dark, corners, theme.font or base.font)


def faults_of(theme: ThemeSettings) -> Iterator[str]:
    """What cannot be read: each pair of colours with its contrast, and what would do."""
    if theme.look is None and not any((theme.accent, theme.background, theme.text, _given(theme.dark))):
        return
    look = look_of(theme)
    for named, colours, shown in (("", look.light, "dark"), ("dark.", look.dark, "light")):
        if theme.scheme != shown:
            for fault in colours.faults():
                yield f"{named}{fault}"


def _given(model: BaseModel) -> dict[str, object]:
    """What was set, without what was not."""
    return {name: getattr(model, name) for name in model.model_fields_set}


def _table(given: object) -> dict[str, object]:
    return _given(given) if isinstance(given, BaseModel) else {}
