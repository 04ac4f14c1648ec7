"""These tests write what they read: in a Redis that is emptied."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def redis_url(scratch_url: str) -> str:
    """The same that the `redis` of a test is a client of."""
    return scratch_url
