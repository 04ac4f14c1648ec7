"""All pages of an installation as they are now: read anew when a file changes, with what is wrong said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from waitroom.assembly.pages import themes
from waitroom.errors import WaitroomError
from waitroom.messages.message import Said
from waitroom.previews.others import others
from waitroom.previews.proving import prove
from waitroom.previews.rendering import Make, Preview, Scheme, strictly, waiting
from waitroom.previews.samples import SAMPLES
from waitroom.settings import RoomSettings, Settings, load
from waitroom.settings.theme import merged
from waitroom.themes.picture import LARGEST
from waitroom.themes.theme import Theme, theme_of
from waitroom.words.language import ENGLISH
from waitroom.words.offered import OFFERED

Fingerprint = frozenset[tuple[str, int, int]]
_MOST_FILES = 2000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the gallery: its name in addresses, and what it is called."""

    name: str
    label: str


class Gallery:
    """The pages of the installation that a configuration file describes; without one, of a plain one."""

    def __init__(self, config: Path | None) -> None:
        self._config = config
        self.settings: Settings | None = None
        """As they were when they were last right."""
        self.fault = ""
        """What is wrong now; empty: nothing."""
        self.refresh()

    def refresh(self) -> None:
        """Reads everything anew."""
        try:
            settings = load(self._config)
            made = {theme: theme_of(theme, named, LARGEST) for named, theme in themes(settings)}
            for named, theme in themes(settings):
                if theme.templates is not None:
                    prove(theme.templates, (ENGLISH.tag,), f"{named}.templates")
        except WaitroomError as error:
            self.fault = str(error)
            return
        self.settings, self._themes, self.fault = settings, made, ""

    @property
    def rooms(self) -> Mapping[str, RoomSettings]:
        """By their names."""
        return {room.name: room for room in self.settings.rooms} if self.settings else {}

    @property
    def languages(self) -> Mapping[str, str]:
        """Those that are offered, each under its own name."""
        tags = (self.settings.languages if self.settings else ()) or tuple(OFFERED)
        return {tag: OFFERED[tag].own for tag in tags}

    def leaves(self) -> tuple[list[Leaf], list[Leaf]]:
        """The states of the waiting page, and the pages beside it."""
        return (
            [Leaf(name, sample.label) for name, sample in SAMPLES.items()],
            [Leaf(name, other.label) for name, other in others("any").items()],
        )

    def page(self, room: str, name: str, language: str, scheme: Scheme) -> Preview:
        """One page. Raises :class:`~waitroom.errors.SettingsError` where it cannot be made, ``KeyError`` where there is
        none of that name."""
        of_room = self.rooms[room]
        theme = self._theme_of(of_room)
        make: Make
        if name in SAMPLES:
            make = waiting(SAMPLES[name], of_room, Said(of_room.message, ""), theme)
        else:
            make = others(room)[name].render
        return strictly(
            make, scheme, theme, language if language in self.languages else next(iter(self.languages))
        )

    def fingerprint(self) -> Fingerprint:
        """Another one when any file has changed that the pages are made of."""
        return frozenset(_stamps(self._watched()))

    def _theme_of(self, room: RoomSettings) -> Theme:
        assert self.settings is not None  # there is a room
        theme = (
            merged(self.settings.theme, room.theme) if room.theme.model_fields_set else self.settings.theme
        )
        return self._themes[theme]

    def _watched(self) -> Iterator[Path]:
        if self._config is not None:
            yield self._config
        for _, theme in themes(self.settings) if self.settings else ():
            for path in (theme.logo, theme.logo_dark, theme.favicon, theme.css, theme.templates):
                if path is not None:
                    yield path


def _stamps(paths: Iterator[Path]) -> Iterator[tuple[str, int, int]]:
    for path in paths:
        inner = sorted(path.rglob("*"))[:_MOST_FILES] if path.is_dir() else [path]
        for each in inner:
            try:
                found = each.stat()
            except OSError:
                continue
            yield str(each), found.st_mtime_ns, found.st_size
