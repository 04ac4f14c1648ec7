"""docs/draw.md tells the truth: its record, its program and its test vector."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.line.draw_vector import DIGESTS, RECORD, SECRET, TURNS

PAGE = (Path(__file__).parents[2] / "docs" / "draw.md").read_text()


def block(language: str) -> str:
    """The first block of a language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_record_is_the_vector() -> None:
    """As it is frozen, with what led to it."""
    assert RECORD == json.loads(block("json"))
    assert SECRET in PAGE
    assert DIGESTS[0] in PAGE


def test_the_vector_is_written_down() -> None:
    """Every turn of it."""
    for (first, count), turns in TURNS.items():
        written = ", ".join(f"{number} → {turn}" for number, turn in turns.items())
        assert f"| {first} | {count} | {written} |" in PAGE


def test_the_program_finds_the_places(tmp_path: Path) -> None:
    """The program on the page checks the record on the page, with nothing of ours."""
    (tmp_path / "check.py").write_text(block("python"))
    (tmp_path / "record.json").write_text(block("json"))
    for number, turn in TURNS[1, 40_000].items():
        command = [sys.executable, "-I", "-W", "ignore", "check.py", "record.json", str(number)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert f"ticket {number} was drawn as number {turn} of 40000\n" == done.stdout


def test_the_program_finds_a_changed_record(tmp_path: Path) -> None:
    """It stops at what does not fit."""
    (tmp_path / "check.py").write_text(block("python"))
    (tmp_path / "record.json").write_text(json.dumps({**RECORD, "count": 39_999}))
    done = subprocess.run([sys.executable, "check.py", "record.json", "1"], cwd=tmp_path, capture_output=True)
    assert done.returncode != 0
