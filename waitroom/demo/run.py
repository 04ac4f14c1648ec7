"""``waitroom demo``: everything on one machine, with nothing to configure."""

from __future__ import annotations

import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import typer

from waitroom.demo.children import child
from waitroom.errors import OriginUnreachableError
from waitroom.serving.run import serve
from waitroom.settings import load

ROOM = "drop"
SHOP_REQUESTS_PER_SECOND = 60
_SHOP_START_SECONDS = 15.0
_CONFIG = """\
# made by `waitroom demo`, and gone with it
origin = "{origin}"
port = {port}
admin_port = {admin_port}
data_dir = "data"

[[rooms]]
name = "drop"
rate = {rate}
"""
_EVENT = """
[[rooms.events]]
name = "demo"
opens = "{opens}"
prequeue = "{seconds:g}s"
"""


def run_demo(*, crowd: int, port: int, admin_port: int, rate: float, opens_in: float = 0.0) -> None:
    """Runs the shop, the gateway with a Redis of its own, and a crowd, until Ctrl-C.

    ``rate`` is in admissions a minute; with ``opens_in`` seconds there is a pre-queue, and a draw at its end.
    """
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
        config = folder / "waitroom.toml"
        text = _CONFIG.format(origin=shop_url, port=port, admin_port=admin_port, rate=rate)
        if opens_in:
            opens = datetime.now(UTC) + timedelta(seconds=opens_in)
            text += _EVENT.format(opens=opens.isoformat(timespec="milliseconds"), seconds=opens_in)
        config.write_text(text)
        settings = load(config, environ={})
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
            typer.echo(_welcome(url, shop_url, config, _expect(crowd, rate, opens_in)))

        serve(settings, announce=announce, announce_console=_announce_console)


def _announce_console(url: str, first_link: str | None) -> None:
    title = typer.style("The ops console, to turn the dial", bold=True)
    way_in = typer.style(first_link or url, fg="cyan", bold=True)
    typer.echo(
        f"""
  {title}
    {way_in}
    <- open this {"once, within an hour: you choose a name and a password" if first_link else "and sign in"}
"""
    )


def _expect(crowd: int, rate: float, opens_in: float) -> str:
    seconds = crowd / rate * 60 if rate else 0
    if opens_in:
        return (
            f"The doors open in {opens_in:.0f} seconds. Until then everyone gets a place, {crowd} simulated shoppers\n"
            f"  too; then all of them are put in a drawn order, which you can check on the page."
        )
    if not crowd:
        return "Nobody else is here, so the door is open."
    if not rate:
        return f"{crowd} simulated shoppers are arriving now, and nobody is let in: the rate is 0."
    return (
        f"{crowd} simulated shoppers are arriving now, and {rate:g} a minute are let in: expect to wait about\n"
        f"  {seconds:.0f} seconds. The position falls as you look, and the door opens by itself."
    )


def _welcome(url: str, shop_url: str, config: Path, expect: str) -> str:
    title = typer.style("The shop, behind its waiting room", bold=True)
    return f"""
  {title}   {typer.style(url, fg="cyan", bold=True)}   <- open this
  The shop alone, to compare          {shop_url}
  The line, as JSON                   {url}/__waitroom/{ROOM}/line

  {expect}

  Turn the dial in the ops console, whose address follows with your way in, or from a second terminal:
    export WAITROOM_CONFIG={config}
    {sys.argv[0]} set {ROOM} rate=600       let more in
    {sys.argv[0]} set {ROOM} mode=pause     stop the line; those inside stay inside
    {sys.argv[0]} set {ROOM} mode=auto      go on

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
