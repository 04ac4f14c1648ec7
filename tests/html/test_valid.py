"""Every page is valid HTML, by the checker of the W3C (https://validator.github.io/validator)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.html.every_page import every_page
from tests.needs import missing, program
from waitroom.gate.page import Pages
from waitroom.gate.press import Press
from waitroom.resources import templates_dir
from waitroom.words.language import language

VNU = os.environ.get("VNU_JAR")
"""The checker: a file of the npm package vnu-jar."""


def complaints(folder: Path) -> list[str]:
    """What the checker says of the pages in a folder: errors and warnings, of their styles too."""
    if VNU is None:
        missing("VNU_JAR does not name the checker")
    command = [program("java"), "-jar", VNU, "--format", "json", "--exit-zero-always", str(folder)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=300)
    return [
        f"{Path(each['url']).name}: {each['message']} {each.get('extract', '')}"
        for each in json.loads(done.stderr)["messages"]
    ]


def test_every_page_is_valid(tmp_path: Path) -> None:
    """In every state, from left to right and from right to left, whole and with nothing known."""
    press = Press(templates_dir())
    for tag in ("en", "ar"):
        for name, page in every_page(Pages(press, language(tag))):
            (tmp_path / f"{tag}-{name}.html").write_bytes(page.body)
    assert [] == complaints(tmp_path)


@pytest.mark.parametrize(
    "wrong", ["<p><div></div></p>", "<time>soon</time>", "<style>p { colour: red }</style>"]
)
def test_the_checker_sees_what_is_wrong(tmp_path: Path, wrong: str) -> None:
    """Else its silence would say nothing."""
    page = f'<!doctype html><html lang="en"><head><title>x</title></head><body>{wrong}</body></html>'
    (tmp_path / "wrong.html").write_text(page)
    assert complaints(tmp_path)
