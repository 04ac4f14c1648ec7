"""The units are what systemd understands, and it holds them for well confined."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import program

UNITS = sorted((Path(__file__).parents[2] / "deploy" / "systemd").glob("*.service"))


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
