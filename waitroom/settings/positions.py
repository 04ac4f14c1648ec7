"""On which line of a TOML file each key stands. The standard library's reader does not tell."""

from __future__ import annotations

import re

Place = tuple[str | int, ...]
"""Where a value stands in the settings: ``("rooms", 1, "rate")``."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY_PART = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    + r"|'''(?:[^']|'(?!''))*'{3,5}"
    + r'|"(?:[^"\\\n]|\\.)*"'
    + r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}\n#]*")


def line_numbers(text: str) -> dict[Place, int]:
    """Return the line, counted from 1, of every table and key in ``text``.

    ``text`` must be valid TOML: read it with ``tomllib`` first.
    """
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Place, int] = {}
        self.tables: dict[Place, int] = {}  # how many [[headings]] an array of tables has had

    def scan(self) -> dict[Place, int]:
        table: Place = ()
        while not self.done():
            if self.text[self.at] == "[":
                table = self.heading()
            else:
                self.pair(table)
        return self.lines

    def done(self) -> bool:
        self.take(_BLANK)
        return self.at >= len(self.text)

    def take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def mark(self, place: Place, start: int) -> None:
        self.lines.setdefault(place, self.text.count("\n", 0, start) + 1)

    def key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self.take(_SPACE)
            part = self.take(_KEY_PART)
            parts.append(part[1:-1] if part[:1] in ('"', "'") else part)
            self.take(_SPACE)
            if self.text[self.at : self.at + 1] != ".":
                return parts
            self.at += 1

    def heading(self) -> Place:
        start = self.at
        is_array = self.text.startswith("[[", start)
        width = 2 if is_array else 1
        self.at += width
        *above, last = self.key()
        self.at += width
        place: Place = ()
        for part in above:
            self.mark((*place, part), start)
            place = self.inside((*place, part))
        place = (*place, last)
        self.mark(place, start)
        if is_array:
            self.tables[place] = self.tables.get(place, 0) + 1
            place = self.inside(place)
            self.mark(place, start)
        return place

    def inside(self, place: Place) -> Place:
        # [rooms.x] after [[rooms]] belongs to the last of the rooms.
        return (*place, self.tables[place] - 1) if place in self.tables else place

    def pair(self, table: Place) -> None:
        start = self.at
        place = table
        for part in self.key():
            place = (*place, part)
            self.mark(place, start)
        self.at += 1  # the "="
        self.take(_SPACE)
        self.value(place)

    def value(self, place: Place) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening not in ("[", "{"):
            _ = self.take(_STRING) or self.take(_BARE)
            return
        closing = "]" if opening == "[" else "}"
        index = 0
        self.at += 1
        while not self.done() and self.text[self.at] != closing:
            if self.text[self.at] == ",":
                self.at += 1
            elif opening == "[":
                self.mark((*place, index), self.at)
                self.value((*place, index))
                index += 1
            else:
                self.pair(place)
        self.at += 1
