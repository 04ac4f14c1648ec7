"""Of which requests the time until the answer speaks of the shop."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import Scope

from waitroom.gate.answers import Header
from waitroom.proxy import remembered

MOST_BODY_DIGITS = 5
"""The time of a request whose body may have 100 kB or more is the visitor's, not the shop's."""


def is_quick(scope: Scope) -> bool:
    """Whether the shop can be expected to begin its answer as soon as it can: not that to a large body, nor that of an
    event stream, which may be silent at first."""
    return remembered(scope["headers"], _is_quick)


def _is_quick(headers: Sequence[Header]) -> bool:
    for name, value in headers:
        if name == b"accept" and b"text/event-stream" in value:
            return False
        if name == b"transfer-encoding" or (name == b"content-length" and len(value) > MOST_BODY_DIGITS):
            return False
    return True
