"""The units are what systemd understands, and it holds them for well confined."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import program
from waitroom.settings import load

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
SHARED = {
    "DynamicUser", "StateDirectory", "StateDirectoryMode", "WorkingDirectory", "UMask", "EnvironmentFile"
}  # fmt: skip
"""What a command must have as the unit has it: else it would not find, or spoil, what is kept."""


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_systemd_understands_it(unit: Path, tmp_path: Path) -> None:
    """No unknown line, no wrong value; and its exposure is at most 3 of 10."""
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/opt/waitroom/bin/waitroom", sys.executable))
    done = subprocess.run(
        [program("systemd-analyze"), "verify", "--man=no", str(copy)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    complaints = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (0, []) == (done.returncode, complaints)
    told = subprocess.run(
        [program("systemd-analyze"), "security", "--offline=true", str(copy)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout)
    assert exposure is not None, told.stdout + told.stderr
    assert 3.0 >= float(exposure[1])


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_command_runs_as_the_unit_does(unit: Path, tmp_path: Path) -> None:
    """With its user, data folder and environment; and what was asked for is handed on word by word."""
    shown = tmp_path / "systemd-run"
    shown.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    shown.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "WAITROOM_UNIT": unit.stem, "SUDO_USER": "anna"}
    command = [str(FOLDER / "waitroom"), "set", "drop", "message=two words"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, env=environ)
    words = done.stdout.splitlines()
    properties = dict(word.split("=", 2)[1:] for word in words if word.startswith("--property="))
    lines = dict(line.split("=", 1) for line in unit.read_text().splitlines() if re.match(r"\w+=", line))
    assert {"User": unit.stem} | {name: lines[name] for name in SHARED} == properties
    given = dict(word.split("=", 2)[1:] for word in words if word.startswith("--setenv="))
    assert set(lines["Environment"].split()) <= {"=".join(each) for each in given.items()}
    assert f"--config {given['WAITROOM_CONFIG']}" in lines["ExecStart"]
    assert "anna" == given["LOGNAME"]
    assert [lines["ExecStart"].split()[0], *command[1:]] == words[-4:]


def test_the_files_of_the_page_are_a_site() -> None:
    """The configuration, and the environment as docs/deploy.md writes it, are all that the gateway needs."""
    (written,) = re.findall(r"printf '(WAITROOM_.+?)\\n'", (ROOT / "docs" / "deploy.md").read_text())[:1]
    lines = written.replace("%s", "0" * 64).split("\\n")
    settings = load(FOLDER / "waitroom.toml", environ=dict(line.split("=", 1) for line in lines))
    assert ("0.0.0.0", "redis://127.0.0.1:6379/0", 1) == (
        settings.host,
        settings.redis_url,
        len(settings.secret),
    )
