"""``waitroom demo``: everything on one machine, with nothing to configure."""

from __future__ import annotations

import socket
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import typer

from waitroom.demo.children import child
from waitroom.errors import OriginUnreachableError
from waitroom.serving import serve
from waitroom.settings import RoomSettings, Settings

ROOM = "drop"
SHOP_REQUESTS_PER_SECOND = 60
_SHOP_START_SECONDS = 15.0


def run_demo(*, crowd: int, port: int, admin_port: int, rate: float) -> None:
    """Runs the shop, the gateway with a Redis of its own, and a crowd, until Ctrl-C."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="waitroom-demo-")))
        shop_port = _free_port()
        shop_url = f"http://127.0.0.1:{shop_port}"
        stack.enter_context(
            child(
                "waitroom.demo.shop",
                "--port", str(shop_port),
                "--capacity", str(SHOP_REQUESTS_PER_SECOND),
                "--data", str(folder / "shop"),
            )
        )  # fmt: skip
        settings = Settings(
            origin=shop_url,
            data_dir=folder / "waitroom",
            port=port,
            admin_port=admin_port,
            rooms=(RoomSettings(name=ROOM, rate=rate),),
        )
        _await_shop(shop_url)

        def announce(url: str) -> None:
            if crowd:
                stack.enter_context(
                    child(
                        "waitroom.demo.crowd",
                        "--gateway", url,
                        "--visitors", str(crowd),
                        "--keep-line",
                        "--quiet",
                    )
                )  # fmt: skip
            typer.echo(_welcome(url, shop_url, crowd, rate, settings.data_dir))

        serve(settings, announce=announce)


def _welcome(url: str, shop_url: str, crowd: int, rate: float, data_dir: Path) -> str:
    seconds = crowd / rate * 60 if rate else 0
    arriving = (
        f"{crowd} simulated shoppers are arriving at this moment." if crowd else "No crowd: the door is open."
    )
    wait = f"a wait of about {seconds:.0f} s" if crowd and rate else "no wait"
    change = f"WAITROOM_DATA_DIR={data_dir} waitroom set {ROOM}"
    return f"""
  {typer.style("waitroom demo", bold=True)}

  {typer.style(url, fg="cyan", bold=True)}   the shop, behind the waiting room: open this in a browser
  {shop_url}   the same shop without it, for comparison
  {url}/__waitroom/{ROOM}/line   the line, as JSON

  {arriving}
  {rate:g} a minute are let in, so expect {wait}: the position falls live, and the door opens by itself.

  Try, in a second terminal:
    {change} rate=600          let more in
    {change} mode=pause        stop the line; those inside stay inside
    {change} mode=auto         go on

  Ctrl-C ends everything.
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_shop(url: str) -> None:
    deadline = time.monotonic() + _SHOP_START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/health").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise OriginUnreachableError(f"the demo shop did not start at {url}")
