"""The settings of a theme: what they come to, by room too."""

from __future__ import annotations

from pathlib import Path

import pytest

from waitroom.assembly.pages import wardrobe_of
from waitroom.errors import SettingsError
from waitroom.settings import Settings, load
from waitroom.settings.theme import LinkSettings, ThemeSettings, look_of, merged
from waitroom.themes.contrast import contrast
from waitroom.themes.looks import LOOKS, Font, LookName
from waitroom.themes.theme import PLAIN, style_of, theme_of

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'


def read(folder: Path, text: str) -> Settings:
    """The settings of a file with this text."""
    path = folder / "waitroom.toml"
    path.write_text(text)
    return load(path, environ={})


def wrong(folder: Path, text: str) -> str:
    """What is said of such a file."""
    with pytest.raises(SettingsError) as raised:
        wardrobe_of(read(folder, text))
    return str(raised.value)


def test_nothing_set_is_nothing_changed() -> None:
    """The pages are as they are by themselves, to the byte."""
    assert PLAIN == theme_of(ThemeSettings())
    assert "" == style_of(ThemeSettings(scheme="both"))


def test_a_look_is_all_that_goes_together() -> None:
    """Its colours, corners and font; what is set besides wins."""
    theme = ThemeSettings(look=LookName.FOREST, corners=0)
    assert (LOOKS[LookName.FOREST].light, 0, Font.HUMANIST) == (
        look_of(theme).light,
        look_of(theme).corners,
        look_of(theme).font,
    )
    assert "--corner:0px" in style_of(theme) and "prefers-color-scheme: dark" in style_of(theme)


def test_an_accent_by_day_is_made_bright_for_the_night() -> None:
    """Where none is chosen for it."""
    look = look_of(ThemeSettings(accent="#0b6e4f"))
    assert "#0b6e4f" == look.light.accent != look.dark.accent
    assert contrast(look.dark.accent, look.dark.background) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_scheme_is_for_everyone(scheme: str) -> None:
    """The sheet's other colours do not come through, whatever the system is in."""
    theme = theme_of(ThemeSettings.model_validate({"scheme": scheme}))
    assert (scheme, 1) == (theme.schemes, theme.style.count("--accent:"))
    assert f"color-scheme:{scheme}" in theme.style and "@media" not in theme.style


def test_a_room_has_its_own_and_the_rest_of_the_installation() -> None:
    """Links and name go on; a look that a room names takes nothing of another's colours."""
    site = ThemeSettings(name="Kettle", accent="#0b6e4f", corners=2, links=LinkSettings(help="/help"))
    room = merged(site, ThemeSettings(links=LinkSettings(imprint="/imprint")))
    assert ("Kettle", "#0b6e4f", 2) == (room.name, room.accent, room.corners)
    assert ("/imprint", "/help") == (room.links.imprint, room.links.help)
    other = merged(site, ThemeSettings(look=LookName.INK))
    assert ("Kettle", None, None) == (other.name, other.accent, other.corners)


def test_rooms_that_look_alike_share_their_pages(tmp_path: Path) -> None:
    """A theme costs its memory once."""
    settings = read(
        tmp_path,
        '[[rooms]]\nname = "a"\npaths = ["/a"]\n[[rooms]]\nname = "b"\npaths = ["/b"]\n[rooms.theme]\nname = "B"\n',
    )
    wardrobe = wardrobe_of(settings)
    assert wardrobe.rooms["a"] is wardrobe.site
    assert wardrobe.rooms["b"] is not wardrobe.site
    assert wardrobe.rooms["b"].static is wardrobe.site.static


def test_contrast_is_checked_with_the_line(tmp_path: Path) -> None:
    """The pair, its ratio, what is needed, and what would do; of a room too, with what it takes from above."""
    said = wrong(tmp_path, '[theme]\naccent = "#f90"\n')
    assert "theme: accent #ff9900 on background #ffffff has a contrast of 2.14:1" in said
    assert said.startswith(f"{tmp_path / 'waitroom.toml'}:1: ")
    said = wrong(
        tmp_path,
        '[theme]\nbackground = "#000"\ntext="#fff"\naccent="#9cf"\n[[rooms]]\nname="a"\ntheme={text="#222"}',
    )
    assert "text #222222 on background #000000" in said and '(room "a")' in said
    assert "dark.text #333333 on background #17171c" in wrong(tmp_path, '[theme.dark]\ntext = "#333"\n')


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('accent = "red"', 'theme.accent: given "red"; allowed: a colour'),
        ("corners = 99", "theme.corners: given 99; allowed: a number from 0 to 24"),
        ('font = "Comic Sans"', 'allowed: one of "system"'),
        ('look = "neon"', 'allowed: one of "plain"'),
        ('links = {help = "javascript:alert(1)"}', "theme.links.help: "),
        ('links = {help = "//evil.example"}', "theme.links.help: "),
        ('name = "a\\u202eb"', "U+202E"),
        ('logo = "no.svg"', "theme.logo: "),
        ('css = "own.css"', "own.css:2: 'url(https://cdn.example/a.png' is not let in"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, line: str, said: str) -> None:
    """In words, with the name of the setting."""
    (tmp_path / "own.css").write_text("p {}\np { background: url(https://cdn.example/a.png) }")
    assert said in wrong(tmp_path, f"[theme]\n{line}\n")


def test_files_start_at_the_configuration(tmp_path: Path) -> None:
    """A small one stands in the page, a larger one has an address with its content's hash."""
    (tmp_path / "small.svg").write_text(SVG)
    (tmp_path / "large.svg").write_text(SVG.replace("<circle", f"<!--{'x' * 2000}--><circle"))
    settings = read(tmp_path, '[theme]\nname = "K"\nlogo = "small.svg"\nlogo_dark = "large.svg"\n')
    theme = theme_of(settings.theme)
    assert theme.logo is not None
    assert ("K", True) == (theme.logo.alt, theme.logo.light.startswith("data:image/svg+xml;base64,"))
    assert [theme.logo.dark] == [file.path for file in theme.files]
    assert theme.logo.dark.startswith("/__waitroom/static/theme.")
