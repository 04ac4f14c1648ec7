"""What can be said of a shop's own templates by reading them: what the policy of the pages would not let run, and what
the script of the waiting page would look for in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_NOT_LET = (
    (re.compile(r"<style\b", re.IGNORECASE), "a style in a template is not let in: name a file in theme.css"),
    (
        re.compile(r"<script\b", re.IGNORECASE),
        "a script in a template is not let in: the page has one policy for all",
    ),
    (
        re.compile(r"<[a-z][^>{}]*\sstyle\s*=", re.IGNORECASE),
        "style= is not let in: use class, and theme.css",
    ),
    (re.compile(r"<[a-z][^>{}]*\son[a-z]+\s*=", re.IGNORECASE), "a script in an attribute is not let in"),
    (
        re.compile(
            r"<(?:img|link|source|iframe|video|audio)\b[^>{}]*\s(?:src|href|srcset)\s*=\s*[\"']?(?:https?:)?//",
            re.IGNORECASE,
        ),
        "nothing from another site is let in: the page is one answer, and visitors are told to nobody else",
    ),
)
_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)


def templates_of(folder: Path) -> list[Path]:
    """The templates of a folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".txt") and path.is_file())


def faults(folder: Path) -> Iterator[str]:
    """What the policy would not let in, with file and line."""
    for path in templates_of(folder):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            yield f"{path}: cannot be read: {error}"
            continue
        # line breaks stay, so that lines are still counted
        text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
        for pattern, words in _NOT_LET:
            if found := pattern.search(text):
                yield f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {words}"


def ids(page: bytes) -> frozenset[str]:
    """The ids of a page's elements."""
    reader = _Ids()
    reader.feed(page.decode())
    return frozenset(reader.found)


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if name == "id" and value}
