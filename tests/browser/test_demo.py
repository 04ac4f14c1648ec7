"""`waitroom demo` as a new user meets it: from the terminal and in a real browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def descendants(pid: int) -> set[int]:
    """All processes that ``pid`` started, and those that they started."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


class Demo:
    """A running demo."""

    def __init__(self, crowd: int, rate: int, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.said = folder / "said.txt"
        arguments = ["demo", "--crowd", crowd, "--rate", rate, "--port", port, "--admin-port", free_port()]
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "waitroom", *map(str, arguments)],
                stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.await_line(lambda line: line["issued"] >= crowd)

    def await_line(self, condition: Callable[[dict[str, int]], bool]) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if condition(httpx.get(f"{self.url}/__waitroom/drop/line").json()):
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(self.said.read_text())

    def interrupt(self) -> None:
        """Ctrl-C: the terminal sends it to every process of the group."""
        os.killpg(self.process.pid, signal.SIGINT)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(crowd=30, rate=120, folder=tmp_path)
    yield demo
    demo.process.send_signal(signal.SIGINT)
    demo.process.wait(20)


def test_a_visitor_waits_and_gets_in(demo: Demo, open_browser: Callable[..., Chrome]) -> None:
    """The position falls live, and the visitor is let in with nothing to press, where they wanted to go."""
    address = f"{demo.url}/pieces/moon-jar?from=mail"
    positions: list[int] = []

    def is_inside(driver: Chrome) -> bool:
        if found := re.match(r"#(\d+) ·", driver.title):
            positions.append(int(found[1]))
        return not driver.find_elements(By.ID, "line")

    for _ in range(4):  # a step is told every six seconds: where the line is short, the turn may come before
        positions.clear()
        browser = open_browser()
        browser.get(address)
        WebDriverWait(browser, 60, poll_frequency=0.2).until(is_inside)
        assert positions == sorted(positions, reverse=True)
        assert address == browser.current_url
        assert "Moon jar" in browser.title
        if len(set(positions)) >= 2:
            return
    raise AssertionError(positions)


def test_ctrl_c_leaves_no_process_behind(demo: Demo) -> None:
    """Ctrl-C ends gateway, Redis, shop and crowd at once, and prints no traceback."""
    started = descendants(demo.process.pid)
    assert len(started) >= 3, "Redis, the shop and the crowd"
    demo.interrupt()
    assert 0 == demo.process.wait(10)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in started):
        time.sleep(0.05)
    assert [] == [pid for pid in started if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in demo.said.read_text()


def test_a_killed_demo_leaves_no_process_behind(demo: Demo) -> None:
    """Even a demo that is killed outright takes its Redis, shop and crowd with it."""
    started = descendants(demo.process.pid)
    demo.process.kill()
    demo.process.wait(10)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in started):
        time.sleep(0.05)
    assert [] == [pid for pid in started if Path(f"/proc/{pid}").exists()]


def test_the_terminal_says_what_runs_and_what_to_try(demo: Demo) -> None:
    """The printed addresses answer, and the printed command turns the dial; the console's link lets in."""
    deadline = time.monotonic() + 30
    while "/welcome?link=" not in (said := demo.said.read_text()) and time.monotonic() < deadline:
        time.sleep(0.1)
    link = re.search(r"http://\S+/welcome\?link=\S+", said)
    assert link is not None
    assert "You are the first" in httpx.get(link[0]).text
    assert demo.url in said
    config = re.search(r"WAITROOM_CONFIG=(\S+)", said)
    assert config is not None
    turned = subprocess.run(
        [sys.executable, "-m", "waitroom", "set", "drop", "rate=6000", "--config", config[1]],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "drop: rate 120 -> 6000\n" == turned.stdout
    demo.await_line(lambda line: line["rate"] == 6000)
    demo.await_line(lambda line: line["waiting"] == 0)
