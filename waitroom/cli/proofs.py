"""The commands that prove what was promised: the draw, a receipt, the record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from waitroom.cli.options import ConfigFile

app = typer.Typer()


@app.command(
    "verify-draw",
    epilog="Example:  waitroom verify-draw https://shop.example/__waitroom/drop/draw --number 1234",
)
def verify_draw(
    record: Annotated[
        str,
        typer.Argument(
            help="What was published: a file, - for standard input, or the address of a room's draw.",
            show_default=False,
        ),
    ],
    number: Annotated[
        int | None, typer.Option(min=1, help="Also tell the place of this ticket.", show_default=False)
    ] = None,
    lane: Annotated[str | None, typer.Option(help="Only this lane.", show_default=False)] = None,
    commitment: Annotated[
        str | None,
        typer.Option(help="The commitment as you noted it before the opening.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Recompute a published opening draw, or one ticket's place in it."""
    from waitroom.cli.verify_draw import verify

    report = verify(record, number=number, lane=lane, noted=commitment)
    typer.echo(report.to_json() if as_json else report.to_text())
    if not report.ok:
        raise typer.Exit(1)


@app.command(
    "verify-receipt",
    epilog="Example:  waitroom verify-receipt receipt-drop-general-205.txt --keys https://shop.example/__waitroom/keys",
)
def verify_receipt(
    receipt: Annotated[
        str, typer.Argument(help="The receipt: a file, or - for standard input.", show_default=False)
    ],
    config: ConfigFile = None,
    keys: Annotated[
        str | None,
        typer.Option(
            help="The public keys, a file or an address, instead of the secrets of the configuration.",
            show_default=False,
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="A record that 'waitroom record --json' wrote: was the place honoured?", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Check a receipt of a place in line: is it ours, what does it say, and was the place honoured?"""
    from waitroom.cli.verify_receipt import verify
    from waitroom.settings import load

    report = verify(receipt, None if keys is not None else load(config), keys=keys, file=file)
    typer.echo(report.to_json() if as_json else report.to_text())
    if not report.ok:
        raise typer.Exit(1)


@app.command(
    epilog="Examples:  waitroom audit      waitroom audit --room drop --json      waitroom audit --file drop.jsonl"
)
def audit(
    config: ConfigFile = None,
    room: Annotated[
        str | None, typer.Option(help="Only this room. Left out: all.", show_default=False)
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="A record that 'waitroom record --json' wrote, instead of Redis.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Replay the record of a room: were order, rate, capacity and draw kept, and is everything explained?"""
    from waitroom.cli.audit import audit_file, audit_rooms
    from waitroom.settings import load

    if file is not None and (room is not None or config is not None):
        raise typer.BadParameter("a file is of one room, and needs no configuration", param_hint="--file")
    report = audit_file(file) if file is not None else audit_rooms(load(config), room)
    typer.echo(report.to_json() if as_json else report.to_text())
    if not report.ok:
        raise typer.Exit(1)


@app.command(
    epilog="Examples:  waitroom record drop --since 1h      waitroom record drop --json > drop.jsonl"
)
def record(
    room: Annotated[str, typer.Argument(help="The room's name.")],
    config: ConfigFile = None,
    since: Annotated[
        str,
        typer.Option(
            help="Only what happened since then: a duration (1h), or a date and time.", show_default=False
        ),
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what happens.")] = False,  # noqa: FBT002
    as_json: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--json", help="Print JSON, a line each, as 'waitroom audit --file' reads it.")
    ] = False,
) -> None:
    """Print what happened in a room: what changed, when, from what to what, by whom and why."""
    from waitroom.cli.record import print_record
    from waitroom.settings import load

    print_record(load(config), room, since=since, follow=follow, as_json=as_json)
