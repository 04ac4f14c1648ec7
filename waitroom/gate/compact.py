"""Scripts and styles as they are sent: without what only their readers need."""

from __future__ import annotations

import re

_NEEDLESS_BREAK = re.compile(r"(?<=[;{(,\[])\n")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def compact_script(script: str) -> str:
    """A script without its comments, which have lines of their own, its indentation, and the line breaks that stand
    where a statement goes on or has been ended."""
    code = "\n".join(line for line in script.splitlines() if not line.lstrip().startswith("//"))
    return _NEEDLESS_BREAK.sub("", _lines(code))


def compact_style(style: str) -> str:
    """A style without its comments, its indentation and its empty lines."""
    return _lines(_COMMENT.sub("", style))


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
