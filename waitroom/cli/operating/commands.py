"""``waitroom rooms``, ``set``, ``pause``, ``resume``, ``reset`` and ``watch``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waitroom.cli.options import ConfigFile, some_duration

if TYPE_CHECKING:
    from waitroom.cli.operating.desk import Desk

app = typer.Typer()

Api = Annotated[
    str | None,
    typer.Option(
        "--api",
        metavar="URL",
        show_default=False,
        help="The address of the console, or WAITROOM_API. Without either, or with --config: straight to Redis.",
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        show_default=False,
        help="A token for it, or better WAITROOM_TOKEN: others see what stands in a command.",
    ),
]
Why = Annotated[str, typer.Option("--reason", "--why", help="The reason, for the record.")]
Name = Annotated[str, typer.Argument(help="The room's name.")]


@app.command(epilog="Example:  waitroom rooms --api http://127.0.0.1:8001")
def rooms(
    config: ConfigFile = None,
    api: Api = None,
    token: Token = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Show all rooms as they are: who waits, who is inside, and what limits admission."""
    states = _desk(api, token, config).rooms()
    if as_json:
        from pydantic_core import to_json

        typer.echo(to_json([state.model_dump() for state in states], indent=2).decode())
        return
    from rich.console import Console

    from waitroom.cli.operating.view import rooms_table

    # what is piped on is not cut
    Console(width=None if sys.stdout.isatty() else 250).print(rooms_table(states))


@app.command(
    "set",
    epilog="Examples:  waitroom set drop rate=120 --reason 'payment is slow'      waitroom set drop mode=pause",
)
def set_live(
    room: Name,
    changes: Annotated[
        list[str],
        typer.Argument(
            help="rate=…, capacity=…, mode=…, sold_out=…, message=…, "
            "session=…, keep=…, presence=…, burst=…, entry=…, weight.LANE=…"
        ),
    ],
    config: ConfigFile = None,
    why: Why = "",
    api: Api = None,
    token: Token = None,
) -> None:
    """Change settings of a running room; every worker follows within a second."""
    _tell(_desk(api, token, config).change(room, changes, why))


@app.command(epilog="Example:  waitroom pause drop --reason 'stock is counted'")
def pause(room: Name, config: ConfigFile = None, why: Why = "", api: Api = None, token: Token = None) -> None:
    """Admit nobody new; who is inside stays inside. The mode is remembered."""
    _tell(_desk(api, token, config).pause(room, why))


@app.command(epilog="Example:  waitroom resume drop")
def resume(
    room: Name, config: ConfigFile = None, why: Why = "", api: Api = None, token: Token = None
) -> None:
    """Return to the mode before the pause."""
    _tell(_desk(api, token, config).resume(room, why))


@app.command(epilog="Example:  waitroom reset drop --reason 'rehearsal is over' --yes")
def reset(
    room: Name,
    config: ConfigFile = None,
    why: Why = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - typer's way
    api: Api = None,
    token: Token = None,
) -> None:
    """Begin a room's line anew: every place in it is given up. Those inside stay inside."""
    desk = _desk(api, token, config)
    if not yes:
        typed = typer.prompt(
            f"Every place in the line of {room!r} will be given up. Type the room's name to go on"
        )
        if typed != room:
            typer.echo("Nothing was changed.")
            raise typer.Exit(1)
    _tell(desk.reset(room, why))


@app.command(epilog="Example:  waitroom watch drop --api http://127.0.0.1:8001")
def watch(
    room: Name,
    config: ConfigFile = None,
    api: Api = None,
    token: Token = None,
    for_seconds: Annotated[
        float | None,
        typer.Option(
            "--for", parser=some_duration, metavar="TIME", show_default=False, help="Stop after this time."
        ),
    ] = None,
) -> None:
    """Show a room live: numbers, curves, what limits admission, and what happens. Ctrl-C ends it."""
    from waitroom.cli.operating.watch import watch as run

    run(_desk(api, token, config), room, for_seconds)


def _desk(api: str | None, token: str | None, config: Path | None) -> Desk:
    from waitroom.cli.operating.desk import desk_of

    if config is None:
        api = api or os.environ.get("WAITROOM_API")
    return desk_of(api, token or os.environ.get("WAITROOM_TOKEN"), config)


def _tell(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line)
