"""A text of the shop's in several languages: a file, and its translations beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from waitroom.errors import SettingsError

LARGEST = 65_536
"""Bytes of a file."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spoken(Generic[T]):
    """What there is for a reader, and the tag of its language."""

    language: str
    value: T


@dataclass(frozen=True)
class Texts(Generic[T]):
    """By language."""

    own: str
    by_language: Mapping[str, T]

    def to(self, tag: str) -> Spoken[T]:
        """For who reads this language: the same, or the one that it is a kind of, or the shop's own."""
        for each in (tag.lower(), tag.lower().partition("-")[0]):
            if each in self.by_language:
                return Spoken(each, self.by_language[each])
        return Spoken(self.own, self.by_language[self.own])


def read_texts(path: Path, own: str, setting: str, understood: Callable[[str], T]) -> Texts[T]:
    """The file and its translations. Raises :class:`~waitroom.errors.SettingsError` with the setting and the file."""
    own = own.lower()
    found = {own: understood(read_text(path, setting))}
    tag = r"(?P<tag>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)"
    pattern = re.compile(rf"{re.escape(path.stem)}\.{tag}{re.escape(path.suffix)}")
    for beside in sorted(path.parent.iterdir()):
        if match := pattern.fullmatch(beside.name):
            found[match["tag"].lower()] = understood(read_text(beside, setting))
    return Texts(own, found)


def read_text(path: Path, setting: str, largest: int = LARGEST) -> str:
    """The text of one file. Raises likewise."""
    try:
        body = path.read_bytes()
        text = body.decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{setting}: {path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{setting}: {path}:{line}: is not UTF-8 text") from None
    if len(body) > largest:
        raise SettingsError(f"{setting}: {path}: must be at most {largest // 1024} KiB")
    if not text.strip():
        raise SettingsError(f"{setting}: {path}: is empty")
    return text
