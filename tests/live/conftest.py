"""A room that operators turn."""

from __future__ import annotations

import pytest

from waitroom.settings import RoomSettings


@pytest.fixture
def room() -> RoomSettings:
    """As the file has it."""
    return RoomSettings.model_validate({"name": "room", "rate": 120, "lanes": {"members": {"weight": 3}}})
