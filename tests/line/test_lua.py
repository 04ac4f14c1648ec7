"""Each script stands alone, with what it needs of the library and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from waitroom.line import lua

SCRIPTS = Path(lua.__file__).parent / "scripts"
NAMES = sorted(path.stem for path in SCRIPTS.glob("*.lua"))
CHOSEN = re.compile(r"-- with (.+)\n")


def code(path: Path) -> str:
    """The text of a file without its comments."""
    return re.sub(r"--.*", "", path.read_text())


def functions_of(part: str) -> set[str]:
    """What a file of the library gives the others."""
    return set(re.findall(r"^local function (\w+)", code(SCRIPTS / part), re.M))


def library(name: str) -> list[str]:
    """What a script names, as ``lib/desk.lua``."""
    named = CHOSEN.match((SCRIPTS / f"{name}.lua").read_text())
    return [f"{part}.lua" for part in named[1].split(", ")] if named else []


CHOICE = sorted({part for name in NAMES for part in library(name)})


@pytest.mark.parametrize("name", NAMES)
def test_a_script_names_what_it_calls(name: str) -> None:
    """What of the library only some need is there where one of its functions is called, and nowhere else."""
    files = {part: code(SCRIPTS / part) for part in [f"{name}.lua", *library(name)]}

    def is_called(part: str) -> bool:
        others = "".join(text for file, text in files.items() if file != part)
        return bool(functions_of(part) & set(re.findall(r"(\w+)\(", others)))

    assert library(name) == [part for part in CHOICE if is_called(part)]


@pytest.mark.parametrize("name", NAMES)
def test_a_script_carries_what_it_names(name: str) -> None:
    """The text that Redis is given has the functions of what is named, and not those of what is not."""
    text = lua.source(name)
    carried = [
        part for part in CHOICE if all(f"local function {each}(" in text for each in functions_of(part))
    ]

    assert library(name) == carried
