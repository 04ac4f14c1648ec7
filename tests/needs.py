"""What a test needs of the machine it runs on."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
)


def missing(reason: str) -> NoReturn:
    """Skips what needs something that is not there; fails where nothing may be missing."""
    if os.environ.get("WAITROOM_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str) -> str:
    """Where a program is."""
    return shutil.which(name) or missing(f"{name} is not on the path")
