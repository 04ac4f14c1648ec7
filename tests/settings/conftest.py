"""Settings as they are written and refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from waitroom.errors import SettingsError
from waitroom.settings import Settings, load

Write = Callable[[str], Path]
Refused = Callable[..., list[str]]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write ``waitroom.toml`` into the working directory, and name it as a user would."""
    monkeypatch.chdir(tmp_path)

    def write_file(text: str) -> Path:
        path = Path("waitroom.toml")
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def read(write: Write) -> Callable[..., Settings]:
    """The settings of a file with that text, and of that environment."""

    def read_text(text: str, **environ: str) -> Settings:
        return load(write(text), environ=environ)

    return read_text


@pytest.fixture
def refused(write: Write) -> Refused:
    """The lines by which a file with that text, or that environment, is refused."""

    def lines(text: str, **environ: str) -> list[str]:
        with pytest.raises(SettingsError) as error:
            load(write(text), environ=environ)
        return str(error.value).splitlines()

    return lines
