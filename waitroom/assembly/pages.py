"""The visitors' pages of an installation and of each of its rooms, from the settings."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass

from waitroom.content.content import Content, content_of
from waitroom.gate.editions import Editions
from waitroom.gate.press import Press
from waitroom.resources import templates_dir
from waitroom.settings import Settings
from waitroom.settings.content import merged as content_merged
from waitroom.settings.theme import ThemeSettings, merged
from waitroom.themes.theme import theme_of


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """The pages outside of all rooms, and those of each room by its name. Rooms that look alike share theirs."""

    site: Editions
    rooms: Mapping[str, Editions]
    content: Mapping[str, Content | None]
    """What there is to read in each."""

    def closings(self) -> Sequence[Callable[[], Coroutine[None, None, None]]]:
        """What is to be done at the end."""
        return [each.products.aclose for each in self.content.values() if each and each.products]


def themes(settings: Settings) -> Iterator[tuple[str, ThemeSettings]]:
    """Each theme there is, by the name of its table: the installation's first, then those of rooms with their own."""
    yield "theme", settings.theme
    for index, room in enumerate(settings.rooms):
        if room.theme.model_fields_set:
            yield f"rooms[{index}].theme", merged(settings.theme, room.theme)


def wardrobe_of(settings: Settings) -> Wardrobe:
    """All pages. Raises :class:`~waitroom.errors.SettingsError` where a file of a theme is not what it should be."""
    made: dict[ThemeSettings, Editions] = {}
    site = None
    for named, theme in themes(settings):
        if theme not in made:
            static = site.static if site is not None else None
            press = Press(templates_dir(), theme=theme_of(theme, named), static=static)
            made[theme] = Editions(press, settings.languages)
        site = site or made[theme]
    assert site is not None  # the installation's is the first
    rooms = {
        room.name: made[merged(settings.theme, room.theme)] if room.theme.model_fields_set else site
        for room in settings.rooms
    }
    return Wardrobe(site, rooms, _content(settings))


def examine_pages(settings: Settings) -> Iterator[str]:
    """Looks at every file of themes and content, and tells of each folder of templates that it holds. Raises
    :class:`~waitroom.errors.SettingsError` where one does not. Templates take some seconds; all else is quick."""
    for named, theme in themes(settings):
        theme_of(theme, named)
    _content(settings)
    yield from _proofs(settings)


def _content(settings: Settings) -> Mapping[str, Content | None]:
    return {
        room.name: content_of(
            content_merged(settings.content, room.content),
            f"rooms[{index}].content" if room.content.model_fields_set else "content",
        )
        for index, room in enumerate(settings.rooms)
    }


def _proofs(settings: Settings) -> Iterator[str]:
    from waitroom.previews.proving import prove  # only where there are any

    proved = set()
    for named, theme in themes(settings):
        if theme.templates is not None and theme.templates not in proved:
            proved.add(theme.templates)
            proof = prove(theme.templates, settings.languages, f"{named}.templates")
            yield f"{theme.templates}: {proof.pages} pages, the slowest in {proof.slowest_seconds * 1000:.1f} ms"
