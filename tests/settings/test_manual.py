"""The manual of the settings is the settings' own."""

from __future__ import annotations

from pathlib import Path

from waitroom.settings import RoomSettings, Settings, manual


def test_the_page_is_what_the_command_prints() -> None:
    """docs/settings.md is up to date: `waitroom settings > docs/settings.md` makes it."""
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert manual() == page.read_text()


def test_every_setting_is_described() -> None:
    """No setting lacks a description or a word on what is allowed."""
    text = manual()
    for name in [*RoomSettings.model_fields, *(set(Settings.model_fields) - {"rooms"})]:
        [row] = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        _, _, _, allowed, description, _ = (cell.strip() for cell in row.replace("\\|", "").split("|"))
        assert allowed not in ("", "another value"), name
        assert description, name
