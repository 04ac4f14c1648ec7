"""The journey of an app by JSON alone: as the manual draws it, and as its examples go."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, House, entered, eventually
from tests.needs import program
from waitroom.gate.journey import STATES, TOLD, diagram
from waitroom.line.ticket import TRANSITIONS, Stage

pytestmark = pytest.mark.anyio

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES: dict[str, Sequence[str]] = {
    "wait.sh": ("sh",),
    "wait.py": (sys.executable,),
    "wait.mjs": ("node",),
}


def test_the_manual_shows_the_diagram_of_the_code() -> None:
    """Drawn from the table: all stages of a ticket are told, and every move between two states is in it."""
    assert f"```mermaid\n{diagram()}```" in (DOCS / "apps.md").read_text()
    assert set(Stage) == TOLD.keys()
    moves = {(TOLD[stage], TOLD[following]) for (stage, _), following in TRANSITIONS.items()}
    drawn = {tuple(line.split(":")[0].split(" --> ")) for line in diagram().splitlines() if " --> " in line}
    outer = {("    [*]", state) for state in ("waiting", "admitted", "closed")} | {("    left", "[*]")}
    assert {(f"    {one}", other) for one, other in moves if one != other} | outer == drawn
    assert {"waiting", "called", "admitted", "left", "closed"} == set(STATES)


@pytest.mark.room(mode="pause", presence="2s", keep="1m", rate=6000)
async def test_each_stage_is_told_as_it_is_drawn(house: House) -> None:
    """Waiting; called while there, and while away; inside; given up."""
    there, away, gone = (house.visitor(APP) for _ in range(3))
    tickets = [(await app.get("/lab/echo")).headers["waitroom-ticket"] for app in (there, away, gone)]

    async def told(app: int) -> str:
        answer = await house.visitor(APP, waitroom_ticket=tickets[app]).get(house.own("status"))
        return str(answer.json()["state"])

    async def is_told(app: int, stage: Stage) -> bool:
        return await told(app) == TOLD[stage]

    assert TOLD[Stage.WAITING] == await told(0)
    await gone.post(house.own("leave"))
    await house.everywhere(lambda: is_told(2, Stage.SPENT))
    await asyncio.sleep(4)  # longer than the presence window
    await there.get(house.own("status"))
    await house.configure(mode="queue")

    await eventually(lambda: is_told(0, Stage.GRANTED))
    await eventually(lambda: is_told(1, Stage.PASSED))
    await entered(there)
    assert TOLD[Stage.INSIDE] == (await there.get(house.own("status"))).json()["state"]
    await entered(away)


@pytest.mark.parametrize("example", EXAMPLES)
async def test_the_examples_wait_and_get_the_shops_answer(example: str, launch: StartGateway) -> None:
    """As they stand in docs/examples: held at first, then let in, and the answer is on the standard output."""
    gateway = launch([{"name": "app", "mode": "pause", "presence": "60s"}])
    async with gateway.client(APP) as first:
        room = (await first.get("/x")).json()["room"]
    command = [program(EXAMPLES[example][0]), str(DOCS / "examples" / example), f"{gateway.url}/lab/echo"]
    environ = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = await asyncio.create_subprocess_exec(
        *command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        async with gateway.client(APP) as other:

            async def waits() -> bool:
                return bool((await other.get(f"/__waitroom/{room}/line")).json()["issued"] == 2)

            await eventually(waits)
        gateway.set(room, "mode=queue", "rate=6000")
        async with asyncio.timeout(60):
            answer, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (0, "/lab/echo") == (process.returncode, json.loads(answer)["raw_path"])
    assert b"in line: place 2" in said
