"""Processes whose wall clock is off, or steps; their monotonic clock does not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.needs import missing


def off_by(seconds: int) -> Mapping[str, str]:
    """The environment of a process in Python whose clock is off by so much."""
    folder = Path(__file__).with_name("clock_off")
    return {"PYTHONPATH": str(folder), "CLOCK_OFF_SECONDS": str(seconds)}


def told_by(file: Path) -> Mapping[str, str]:
    """The environment of another process, whose clock is off by what stands in a file, such as ``+3600s``, at any time.

    By libfaketime."""
    found = sorted(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"))
    if not found:
        missing("libfaketime is not installed")
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
    }
