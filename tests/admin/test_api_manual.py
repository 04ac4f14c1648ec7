"""The examples of the manual, as they stand there."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis as BlockingRedis

from admin.auth.roles import Role
from tests.admin.conftest import CONFIG, SECRET, Served, serving
from waitroom.settings import load

MANUAL = Path(__file__).parents[2] / "docs/api.md"
EXAMPLE = re.compile(r"^```sh\n(curl .*?)^```\n(?:\n```json\n(.*?)^```$)?", re.M | re.S)


@pytest.fixture
def running(tmp_path: Path, scratch_url: str) -> Iterator[Served]:
    """A console whose Redis was empty."""
    with BlockingRedis.from_url(scratch_url) as redis:
        redis.flushall()
    config = tmp_path / "waitroom.toml"
    config.write_text(CONFIG.format(secret=SECRET, redis_url=scratch_url, data_dir=tmp_path / "data"))
    with serving(load(config, environ={})) as served:
        yield served


def holds(told: object, expected: object) -> bool:
    """Whether an answer has all that the manual shows of it."""
    if isinstance(expected, dict) and isinstance(told, dict):
        return all(name in told and holds(told[name], value) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(told, list):
        return len(told) == len(expected) and all(map(holds, told, expected))
    return expected in ("…", told)


def test_the_examples_do_what_they_say(running: Served) -> None:
    """Each one, after the other; an answer that the manual shows has all that is shown."""
    token = running.console.tokens.make(Role.ADMIN, label="docs", made_by="docs")
    environ = os.environ | {"API": f"{running.url}/api", "AUTH": f"Authorization: Bearer {token}"}
    examples = EXAMPLE.findall(MANUAL.read_text())
    assert 8 == len(examples)
    for commands, expected in examples:
        script = commands.replace("curl -s", "curl -s -o /dev/stdout -w '\\n%{http_code}\\n'")
        done = subprocess.run(
            ["bash", "-ec", script], env=environ, capture_output=True, text=True, timeout=60, check=True
        )
        *answers, _ = re.split(r"\n([0-9]{3})\n", done.stdout)
        shown = json.loads(expected.replace("…", '"…"')) if expected else None
        statuses = [int(status) for status in answers[1::2]]
        wanted = shown.get("status", 200) if isinstance(shown, dict) else 200
        assert [wanted] * len(statuses) == statuses, commands
        if shown is not None:
            assert holds(json.loads(answers[0]), shown), (commands, answers[0])
