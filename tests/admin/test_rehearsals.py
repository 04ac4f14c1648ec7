"""Rehearsals from the console: one at a time, in a process of their own, their reports kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from admin.auth.roles import Role
from admin.console import Console
from admin.rehearsals.kept import MOST, Shelf
from tests.admin.conftest import Client
from tests.contract.harness import eventually

pytestmark = pytest.mark.anyio

REHEARSALS = "/api/rehearsals"
SMALL = {"visitors": 300, "over": "3m", "rate": "600", "crowd": "calm", "seed": 7}
LONG = {"visitors": 200_000, "over": "10h", "rate": "3000", "crowd": "restless", "seed": 7}


async def until(operator: httpx.AsyncClient, rehearsal: str, phase: str) -> dict[str, Any]:
    """Waits until a rehearsal stands so, and returns it."""
    told: list[dict[str, Any]] = []

    async def stands() -> bool:
        told.append((await operator.get(f"{REHEARSALS}/{rehearsal}")).json())
        assert told[-1]["phase"] in ("running", phase), told[-1]
        return bool(told[-1]["phase"] == phase)

    await eventually(stands, within=60)
    return told[-1]


async def test_a_rehearsal_runs_to_its_report(client: Client, settings: Any) -> None:
    """The same seed gives the same figures; the page runs as of nowhere."""
    operator = client(Role.OPERATOR)
    started = await operator.post(REHEARSALS, json=SMALL)
    assert (202, "running", 300) == (started.status_code, started.json()["phase"], started.json()["visitors"])
    rehearsal = started.json()["id"]
    done = await until(operator, rehearsal, "done")
    report = await operator.get(f"{REHEARSALS}/{rehearsal}/report.json")
    page = await operator.get(f"{REHEARSALS}/{rehearsal}/report")

    assert (300, 0) == (report.json()["admitted"], report.json()["overtakes"])
    assert (300, 1.0, "300 visitors at 600 a minute") == (done["entered"], done["share"], done["title"])
    assert "<title>Rehearsal: 300 visitors at 600 a minute</title>" in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "allow-same-origin" not in policy
    assert "SAMEORIGIN" == page.headers["x-frame-options"]
    assert [rehearsal] == [each["id"] for each in (await operator.get(REHEARSALS)).json()]
    folder = settings.data_dir / "rehearsals"
    assert ([rehearsal], 0o700) == ([path.name for path in folder.iterdir()], folder.stat().st_mode & 0o777)
    assert 204 == (await operator.delete(f"{REHEARSALS}/{rehearsal}")).status_code
    assert 404 == (await operator.get(f"{REHEARSALS}/{rehearsal}/report")).status_code


async def test_one_runs_at_a_time_yields_and_can_be_cancelled(client: Client, console: Console) -> None:
    """Its process is gone then, and leaves nothing behind."""
    operator = client(Role.OPERATOR)
    rehearsal = (await operator.post(REHEARSALS, json=LONG)).json()["id"]
    second = await operator.post(REHEARSALS, json=SMALL)
    assert (409, "urn:waitroom:rehearsal-runs") == (second.status_code, second.json()["type"])

    async def has_come_somewhere() -> bool:
        return bool((await operator.get(f"{REHEARSALS}/{rehearsal}")).json()["rehearsed_seconds"] > 0)

    await eventually(has_come_somewhere, within=60)
    running = console.rehearsals.last
    assert running is not None
    assert running.process is not None
    pid = running.process.pid
    assert 10 <= os.getpriority(os.PRIO_PROCESS, pid)
    assert 204 == (await operator.delete(f"{REHEARSALS}/{rehearsal}")).status_code
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert "cancelled" == (await operator.get(f"{REHEARSALS}/{rehearsal}")).json()["phase"]
    assert [] == list((console.settings.data_dir / "rehearsals").iterdir())


async def test_one_whose_process_dies_has_failed(client: Client, console: Console) -> None:
    """And the next one can be started."""
    operator = client(Role.OPERATOR)
    rehearsal = (await operator.post(REHEARSALS, json=LONG)).json()["id"]
    running = console.rehearsals.last
    assert running is not None

    async def has_begun() -> bool:
        return running.process is not None

    await eventually(has_begun)
    assert running.process is not None
    running.process.kill()
    failed = await until(operator, rehearsal, "failed")
    assert "exit code -9" in failed["error"]
    assert 202 == (await operator.post(REHEARSALS, json=SMALL)).status_code


WRONG: list[tuple[dict[str, object], str]] = [
    ({"visitors": 0}, "visitors"),
    ({"visitors": 200_001}, "visitors"),
    ({"arrivals": "/etc/passwd.csv"}, "arrivals"),
    ({"arrivals": "flash-sale.csv"}, "arrivals"),
    ({"rate": "fast"}, "rate"),
    ({"over": "0s"}, "over"),
    ({"crowd": "wild"}, "crowd"),
    ({"changes": ["20m mode=closed"]}, "at"),
    ({"room": "nowhere"}, "room"),
    ({"colour": "red"}, "colour"),
]


async def test_what_cannot_be_rehearsed_is_refused(client: Client, console: Console) -> None:
    """In the words of the settings; no file of the machine can be named."""
    operator = client(Role.OPERATOR)
    for wanted, word in WRONG:
        answer = await operator.post(REHEARSALS, json={**SMALL, **wanted})
        assert (422, None) == (answer.status_code, console.rehearsals.last), wanted
        assert answer.json()["detail"].startswith(word), answer.json()["detail"]


def test_the_newest_ten_reports_are_kept(tmp_path: Path) -> None:
    """What cannot be read is passed over, and no name leads out of the folder."""
    shelf = Shelf(tmp_path)
    report = {"wait_seconds": {"p50": 1.0, "max": 2.0}, "wall_seconds": 1, "admitted": 5}
    for number in range(MOST + 2):
        draft = shelf.draft(f"20260101-0000{number:02}-abcd")
        (draft / "report.json").write_text(json.dumps(report))
        shelf.keep(draft, rehearsal=f"20260101-0000{number:02}-abcd", at=number, who="ada", title="t")
    kept = shelf.all()
    assert [f"20260101-0000{number:02}-abcd" for number in range(11, 1, -1)] == [each.id for each in kept]
    (tmp_path / "rehearsals" / kept[0].id / "about.json").write_text("{")
    assert MOST - 1 == len(shelf.all())
    (tmp_path / "secret").write_text("s")
    for name in ("..", "../..", "20260101-000003-abcd/..", "."):
        assert shelf.file(name, "secret") is None
    assert shelf.file(kept[1].id, "report.json") is not None


async def test_the_calculator_says_what_a_rate_means(client: Client) -> None:
    """In words and in figures, and what is enough."""
    viewer = client(Role.VIEWER)
    asked = {"waiting": 6000, "rate": 300, "within": "10m", "visit": "5m"}
    told = (await viewer.post("/api/calculator", json=asked)).json()
    assert (1200, 600, 1500) == (told["last_wait_seconds"], told["rate_to_finish"], told["capacity_for_rate"])
    assert "To end within 10 min: 600 a minute." in told["words"]
    assert 422 == (await viewer.post("/api/calculator", json={"waiting": -1, "rate": 3})).status_code
