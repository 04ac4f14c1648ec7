"""The shop and a stand-in gateway as processes of their own, on free ports of the loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Everything here runs on asyncio."""
    return "asyncio"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _serving(arguments: list[str], port: int, ready: str) -> Iterator[str]:
    process = subprocess.Popen([sys.executable, *arguments, "--port", str(port)], stderr=subprocess.PIPE)
    base = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                httpx.get(base + ready, trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield base
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=10)
    assert b"Traceback" not in complaints, complaints.decode()


@pytest.fixture
def start_shop(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts the shop with these arguments, and returns its address."""
    with ExitStack() as stack:

        def start(*arguments: str) -> str:
            command = ["-m", "waitroom.demo.shop", "--data", str(tmp_path / "shop"), *arguments]
            return stack.enter_context(_serving(command, _free_port(), "/health"))

        yield start


@pytest.fixture
def serve_gateway(tmp_path: Path) -> Callable[..., AbstractContextManager[str]]:
    """A context manager with the stand-in gateway in it, calling ``rate`` tickets a second."""

    def serve(*, rate: float, port: int | None = None) -> AbstractContextManager[str]:
        script = str(Path(__file__).parent / "fake_gateway.py")
        command = [script, "--rate", str(rate), "--data", str(tmp_path / "shop")]
        return _serving(command, port or _free_port(), "/fake/log")

    return serve
