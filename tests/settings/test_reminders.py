"""The settings of being told away from the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from waitroom.errors import SettingsError
from waitroom.settings import load, resolve_reminders

SECRET = 'secret = "a secret for tests only"\norigin = "http://127.0.0.1:9"\n[[rooms]]\nname = "drop"\n'


def written(folder: Path, reminders: str) -> Path:
    """A file with these settings."""
    path = folder / "waitroom.toml"
    path.write_text(f"{SECRET}[rooms.reminders]\n{reminders}\n")
    return path


@pytest.mark.parametrize(
    ("reminders", "says"),
    [
        ('mail = "mailto://mail.example?to={to}"', "link must be set"),
        ('mail = "mailto://mail.example"\nlink = "https://shop.example"', "must have {to} in it"),
        ('sms = "json://sms.example/{to}"\nlink = "https://shop.example"', "numbers must be set"),
        ('link = "/drop"', "link"),
        ('numbers = ["371"]', "numbers"),
        ('mail = "a://b/{to}"\nmail_file = "x"\nlink = "https://shop.example"', "keep one of them"),
    ],
)
def test_what_cannot_work_is_told(tmp_path: Path, reminders: str, says: str) -> None:
    """With what is wanted."""
    with pytest.raises(SettingsError, match=says.replace("{", r"\{")):
        load(written(tmp_path, reminders))


def test_an_address_stands_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    """As other secrets do; who else may write to it is told."""
    file = tmp_path / "mail"
    file.write_text("mailtos://user:pass-of-stones@mail.example?to={to}\n")
    file.chmod(0o600)
    path = written(tmp_path, f'mail_file = "{file}"\nlink = "https://shop.example/"')
    settings = resolve_reminders(load(path))
    assert "pass-of-stones" in settings.rooms[0].reminders.template(settings.rooms[0].reminders.channels[0])
    assert "pass-of-stones" not in repr(settings)
    file.chmod(0o666)
    with pytest.raises(SettingsError, match="others may change it"):
        resolve_reminders(load(path))


def test_what_apprise_does_not_know_stops_the_start(tmp_path: Path) -> None:
    """Without the address in the message."""
    path = written(tmp_path, 'mail = "pigeon://tok3n/{to}"\nlink = "https://shop.example/"')
    with pytest.raises(SettingsError, match="Apprise cannot use the address of mail") as told:
        resolve_reminders(load(path))
    assert "tok3n" not in str(told.value)
