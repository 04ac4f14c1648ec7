"""The console as users start it: in a process of its own beside the gateway."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.contract.harness import eventually

pytestmark = pytest.mark.anyio


@contextmanager
def serving(folder: Path, redis_url: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """``waitroom serve``: the process, and the addresses of the gateway and the console."""
    (folder / "waitroom.toml").write_text(
        f'secret = "a secret for tests only"\nredis_url = "{redis_url}"\norigin = "http://127.0.0.1:9"\n'
        'admin_port = 0\n[[rooms]]\nname = "console-process"\nmode = "pause"\n'
    )
    command = [sys.executable, "-m", "waitroom", "serve", "--config", "waitroom.toml", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            gateway = process.stdout.readline().split()[2]
            console = process.stdout.readline().split()[2]
            yield process, gateway, console
        finally:
            process.terminate()


@contextmanager
def alone(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``waitroom console``: the process, and its address."""
    command = [sys.executable, "-m", "waitroom", "console", "--config", "waitroom.toml"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()[2]
        finally:
            process.terminate()


def token(folder: Path) -> str:
    """``waitroom token``, while the console runs."""
    command = [sys.executable, "-m", "waitroom", "token", "--role", "viewer", "--config", "waitroom.toml"]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def children(pid: int, command: str = "") -> set[int]:
    """The processes that a process started with that in their command line, and that still run."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z" and command in (folder / "cmdline").read_text():
                found.add(int(folder.name))
        except OSError:
            continue
    return found


def is_alive(pid: int) -> bool:
    """Whether a process is still there."""
    return Path(f"/proc/{pid}").exists()


async def test_it_tells_of_the_rooms_and_comes_back_when_it_dies(tmp_path: Path, redis_url: str) -> None:
    """The gateway goes on meanwhile; a token from the command line is known at once, and still after the restart."""
    with serving(tmp_path, redis_url) as (process, gateway, console):
        headers = {"authorization": f"Bearer {token(tmp_path)}"}
        async with httpx.AsyncClient(headers=headers, timeout=10) as client:

            async def tells() -> bool:
                try:
                    answer = await client.get(f"{console}/api/rooms/console-process")
                except httpx.TransportError:
                    return False
                return answer.status_code == 200 and answer.json()["mode"] == "pause"

            await eventually(tells, within=20)
            (pid,) = children(process.pid, "spawn_main")
            os.kill(pid, signal.SIGKILL)
            answer = await client.get(f"{gateway}/__waitroom/health/ready")
            assert 200 == answer.status_code
            await eventually(tells, within=20)
        left = children(process.pid)
        process.terminate()
        process.wait(15)

        async def gone() -> bool:
            return not any(map(is_alive, left))

        await eventually(gone)


async def test_the_console_runs_alone(tmp_path: Path, redis_url: str) -> None:
    """Beside no gateway: it tells of the rooms at that Redis, and ends when it is told to."""
    with serving(tmp_path, redis_url), alone(tmp_path) as (process, address):
        headers = {"authorization": f"Bearer {token(tmp_path)}"}
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=10) as client:
            assert 200 == (await client.get("/health/live")).status_code

            async def tells() -> bool:
                answer = await client.get("/api/rooms/console-process")
                return answer.status_code == 200 and answer.json()["mode"] == "pause"

            await eventually(tells, within=20)
        process.terminate()
        assert 0 == process.wait(20)


def test_alone_it_needs_a_redis(tmp_path: Path) -> None:
    """The Redis that a gateway runs for itself is the gateway's."""
    command = [sys.executable, "-m", "waitroom", "console"]
    environ = {**os.environ, "WAITROOM_DATA_DIR": str(tmp_path), "WAITROOM_ORIGIN": "http://127.0.0.1:9"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, check=False, capture_output=True, text=True)
    assert 0 != done.returncode
    assert "redis_url: not set" in done.stderr
    assert "Traceback" not in done.stderr
