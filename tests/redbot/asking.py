"""Asks redbot, which stands in an environment of its own.

One of its dependencies brings a package named ``tests``, in whose place nobody would find ours::

    python3 -m venv redbot && redbot/bin/pip install --requirement .ci/redbot.txt
    REDBOT_PYTHON=redbot/bin/python pytest tests/redbot
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

PYTHON = os.environ.get("REDBOT_PYTHON")
"""The Python of that environment."""


@dataclass(frozen=True)
class Ask:
    """One request. It is sent several times, also with conditions and for parts, where the answer offers that."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


class Note(NamedTuple):
    """What redbot noted."""

    level: str
    """``GOOD``, ``INFO``, ``WARN`` or ``BAD``."""
    kind: str
    summary: str


@dataclass(frozen=True)
class Opinion:
    """Of one answer."""

    status: int | None
    """None where there was no answer."""
    notes: list[Note]

    def told(self, *levels: str) -> dict[str, str]:
        """The notes of these levels: their kind, and what they say."""
        return {note.kind: note.summary for note in self.notes if note.level in levels}


def opinions(asks: Mapping[str, Ask]) -> dict[str, Opinion]:
    """Has redbot look at each of these."""
    assert PYTHON is not None
    program = Path(__file__).with_name("look.py")
    text = json.dumps({name: asdict(ask) for name, ask in asks.items()})
    done = subprocess.run(
        [PYTHON, program], input=text, stdout=subprocess.PIPE, text=True, timeout=60, check=True
    )
    return {
        name: Opinion(found["status"], [Note(*note) for note in found["notes"]])
        for name, found in json.loads(done.stdout).items()
    }
