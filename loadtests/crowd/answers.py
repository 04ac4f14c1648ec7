"""Locust's own objects, as far as the scenarios need them, with types."""

from __future__ import annotations

from argparse import Namespace

from locust.contrib.fasthttp import ResponseContextManager
from locust.env import Environment

from waitroom.demo.crowd.protocol import room_that_holds

REFUSED = frozenset({403, 429})
"""The statuses of the answers that give no place; so does a held page that comes without a ticket."""


def options_of(environment: Environment) -> Namespace:
    """The run's options."""
    options: Namespace | None = environment.parsed_options
    assert options is not None
    return options


def header(response: ResponseContextManager, name: str) -> str | None:
    """A field of the answer; None without it, and where there was no answer."""
    value = None if response.headers is None else response.headers.get(name)
    return value if isinstance(value, str) else None


def seconds_until_next(response: ResponseContextManager) -> float:
    """What ``Retry-After`` says."""
    text = header(response, "Retry-After") or ""
    return float(text) if text.isdigit() else 5.0


def held_by(response: ResponseContextManager) -> str | None:
    """The room that answered instead of the shop, if one did."""
    return room_that_holds(response.status_code, header(response, "Waitroom-Room"))


def in_row(response: ResponseContextManager, name: str) -> None:
    """Counts the answer as a good one, in the row of that name."""
    response.request_meta["name"] = name
    response.success()
