"""The secret is the one that was set, or one that is generated once and kept to oneself."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from waitroom.errors import SettingsError
from waitroom.settings import Settings, resolve_secret


def test_what_is_set_is_used(tmp_path: Path) -> None:
    """Secrets that are set come back in their order, and nothing is written."""
    settings = Settings.model_validate(
        {"secret": ["sixteen-letters-1", "sixteen-letters-2"], "data_dir": tmp_path}
    )
    assert resolve_secret(settings) == ("sixteen-letters-1", "sixteen-letters-2")
    assert list(tmp_path.iterdir()) == []


def test_one_is_generated_and_kept(tmp_path: Path) -> None:
    """Without a secret one is generated, kept with mode 0600 in a folder of mode 0700, and used again."""
    settings = Settings(data_dir=tmp_path / "new" / "data")
    (secret,) = resolve_secret(settings)
    assert len(secret) == 43
    assert (secret,) == resolve_secret(settings)
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret"]
    assert stat.S_IMODE((settings.data_dir / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700


def test_two_folders_have_two_secrets(tmp_path: Path) -> None:
    """What is generated is not the same twice."""
    assert resolve_secret(Settings(data_dir=tmp_path / "a")) != resolve_secret(
        Settings(data_dir=tmp_path / "b")
    )


RACE = """
import sys
from pathlib import Path
from waitroom.settings import Settings, resolve_secret
settings = Settings(data_dir=Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(resolve_secret(settings)[0], flush=True)
"""


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    """Of several processes that find no secret at the same moment, one generates it and all use that."""
    command = [sys.executable, "-c", RACE, str(tmp_path / "data")]
    racers = [subprocess.Popen(command, stdin=-1, stdout=-1, text=True) for _ in range(4)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    assert len({racer.communicate()[0] for racer in racers}) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret"]


def test_a_file_of_secrets(tmp_path: Path) -> None:
    """A secret_file has one secret per line, newest first; empty lines and other readers do not matter."""
    path = tmp_path / "keys"
    path.write_text("\nsixteen-letters-1  \r\n\nsixteen-letters-2")
    path.chmod(0o444)
    assert resolve_secret(Settings(secret_file=path)) == ("sixteen-letters-1", "sixteen-letters-2")


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (b"", 0o600, "secret_file: {path} is empty; allowed: one secret per line, newest first"),
        (b" \n\n", 0o600, "secret_file: {path} is empty; allowed: one secret per line, newest first"),
        (
            b"sixteen-letters-1\nshort",
            0o600,
            "{path}:2: secret_file: given a secret of 5 characters; allowed: at least 16",
        ),
        (b"\xff" * 20, 0o600, "secret_file: {path} is not UTF-8 text"),
        (
            b"sixteen-letters-1",
            0o660,
            "secret_file: {path} has mode 0660, so others may change it; allowed: 0600 (chmod 600 {path})",
        ),
    ],
)
def test_a_file_of_secrets_that_is_wrong(content: bytes, mode: int, message: str, tmp_path: Path) -> None:
    """What is wrong with the file is told with its name, and never what is in it."""
    path = tmp_path / "keys"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(SettingsError) as error:
        resolve_secret(Settings(secret_file=path))
    assert message.format(path=path) == str(error.value)


def test_a_file_of_secrets_that_is_missing(tmp_path: Path) -> None:
    """A missing file and a folder are told by name."""
    with pytest.raises(SettingsError, match=r"secret_file: there is no file .*/keys"):
        resolve_secret(Settings(secret_file=tmp_path / "keys"))
    with pytest.raises(SettingsError, match=r"secret_file: .* cannot be read: Is a directory"):
        resolve_secret(Settings(secret_file=tmp_path))


def test_a_generated_secret_that_others_may_read(tmp_path: Path) -> None:
    """A kept secret that is no secret any more is refused."""
    resolve_secret(Settings(data_dir=tmp_path))
    (tmp_path / "secret").chmod(0o640)
    with pytest.raises(SettingsError, match=r"has mode 0640, so others may read it; allowed: 0600"):
        resolve_secret(Settings(data_dir=tmp_path))


def test_a_generated_secret_that_was_emptied(tmp_path: Path) -> None:
    """An empty file is not silently replaced: every ticket in line would be void."""
    (tmp_path / "secret").touch(mode=0o600)
    with pytest.raises(SettingsError, match="is empty"):
        resolve_secret(Settings(data_dir=tmp_path))


def test_a_folder_that_cannot_keep_it(tmp_path: Path) -> None:
    """Where nothing can be written the message says what to set."""
    (tmp_path / "data").touch()
    with pytest.raises(
        SettingsError, match=r"data_dir: no secret can be kept .*; set data_dir, or set secret"
    ):
        resolve_secret(Settings(data_dir=tmp_path / "data"))
