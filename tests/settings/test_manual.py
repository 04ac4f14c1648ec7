"""The manual of the settings is the settings' own."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from waitroom.live.settings import CHANGEABLE
from waitroom.settings import Settings, manual
from waitroom.settings.tables import tables


def test_the_page_is_what_the_command_prints() -> None:
    """docs/settings.md is up to date: `waitroom settings > docs/settings.md` makes it."""
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert manual() == page.read_text()


def test_every_setting_is_described() -> None:
    """No setting, in whichever table, lacks a row with a description and a word on what is allowed."""
    rows = [line.replace("\\|", "").split("|") for line in manual().splitlines() if line.startswith("| `")]
    told = Counter(row[1].strip(" `") for row in rows)
    every = Counter(name for table in tables(Settings) for name in table.model.model_fields)
    assert every - Counter(["rooms"]) == told
    for _, name, _, allowed, description, _ in rows:
        assert allowed.strip() not in ("", "another value"), name
        assert description.strip(), name


def test_what_changes_while_a_room_runs_is_told() -> None:
    """The page names every setting that ``waitroom set`` takes, by itself or by its table, and no other."""
    (told,) = [part for part in manual().split("\n\n") if "While it runs, `waitroom set` changes" in part]
    may, _, cannot = told.partition(" but ")
    named = set(re.findall(r"`([a-z._\s]+)`", may)) - {
        "waitroom set",
        "main",
        "weight.members",
        "challenge.when",
    }
    assert {name.partition(".")[0] for name in CHANGEABLE} == named
    assert "`adaptive.ignore`" in cannot
