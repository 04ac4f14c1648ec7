"""What runs or styles within a page of HTML: its inline scripts and styles, and where each stands in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal

Kind = Literal["script", "style", "handler", "attribute"]
"""An element ``script`` or ``style``; ``onclick=`` and its kin; ``style=``."""

_ATTRIBUTE = re.compile(
    r"""[\s"'/](?P<name>style|on[a-z]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Inner:
    """One of them: the text from ``start`` to ``end``."""

    kind: Kind
    start: int
    end: int


def inner_of(page: str) -> list[Inner]:
    """All of a page, in their order. Tags of Mustache in it do no harm."""
    reader = _Reader(page)
    reader.feed(page)
    reader.close()
    return sorted(reader.found, key=lambda each: each.start)


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Inner] = []
        self._page = page
        self._lines = [0, *(found.end() for found in re.finditer("\n", page))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        start, text = self._lines[line - 1] + column, self.get_starttag_text() or ""
        self.found += _attributes(text, start)
        kinds: dict[str, Kind] = {"script": "script", "style": "style"}
        if tag in kinds and (tag == "style" or all(name != "src" for name, _ in attrs)):
            begins = start + len(text)
            ends = re.compile(rf"</{tag}", re.IGNORECASE).search(self._page, begins)
            self.found.append(Inner(kinds[tag], begins, ends.start() if ends else len(self._page)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


def _attributes(tag: str, at: int) -> Iterator[Inner]:
    for found in _ATTRIBUTE.finditer(tag):
        group = "double" if found["double"] is not None else "single"
        kind: Kind = "attribute" if found["name"].lower() == "style" else "handler"
        yield Inner(kind, at + found.start(group), at + found.end(group))
