"""The manual of the record is in step with the scripts."""

from __future__ import annotations

import re
from pathlib import Path

from waitroom.record.audit import KNOWN_KINDS
from waitroom.record.words import WORDS

ROOT = Path(__file__).parents[2]
SCRIPTS = [
    *(ROOT / "waitroom/line/scripts").rglob("*.lua"),
    *(ROOT / "waitroom/shaping/scripts").glob("*.lua"),
]


def written() -> set[str]:
    """The kinds of entries that the scripts write."""
    text = "\n".join(path.read_text() for path in SCRIPTS)
    calls = re.findall(r"(?:\blog\((?!kind)|'type', (?!kind))(.*)", text)
    return {kind for call in calls for kind in re.findall(r"'([a-z_]+)'", re.split(r",", call)[0])}


def test_every_kind_of_entry_is_documented() -> None:
    """Its name stands in the table, and the audit and the words know it."""
    table = (ROOT / "docs/record.md").read_text().partition("## The audit")[0]
    told = {
        name
        for row in re.findall(r"^\| (`[a-z_`, ]+`) \|", table, re.M)
        for name in re.findall("`([a-z_]+)`", row)
    }
    assert written() == told - {"type"}
    assert written() == KNOWN_KINDS
    assert written() == WORDS.keys()


def test_every_field_is_documented() -> None:
    """Whatever name a script gives to a value stands in the row of its kind."""
    text = "\n".join(path.read_text() for path in SCRIPTS)
    rows = dict(re.findall(r"^\| `([a-z]+)` \|(.*)$", (ROOT / "docs/record.md").read_text(), re.M))
    for kind, fields in re.findall(r"\blog\('([a-z]+)'((?:[^()]|\([^()]*(?:\([^()]*\)[^()]*)*\))*)\)", text):
        bare = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", fields)
        for name in re.findall(r"'([a-z_]+)',", bare):
            if name not in ("schedule",):
                assert f"`{name}`" in rows[kind], (kind, name)
