"""The commands and what they share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from waitroom import __version__
from waitroom.cli.invite import app as invite
from waitroom.cli.options import ConfigFile
from waitroom.cli.plan import plan
from waitroom.cli.rehearse import rehearse
from waitroom.errors import WaitroomError
from waitroom.serving.logs import configure_logging

app = typer.Typer(
    name="waitroom",
    help="A virtual waiting room: a fair line in front of your shop.",
    epilog="Start with:  waitroom demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(invite, name="invite")


@app.command(epilog="Example:  waitroom serve --config waitroom.toml --workers 4")
def serve(
    config: ConfigFile = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default=False)] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0: a free one.", show_default=False)
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes.", show_default=False)] = None,
    admin_host: Annotated[
        str | None,
        typer.Option(help="Address of the ops console, which is still to come.", show_default=False),
    ] = None,
    admin_port: Annotated[
        int | None, typer.Option(help="Port of the ops console, which is still to come.", show_default=False)
    ] = None,
) -> None:
    """Run the gateway in front of a shop."""
    from waitroom.serving import serve as run
    from waitroom.settings import load

    settings = load(
        config,
        overrides={
            "host": host,
            "port": port,
            "workers": workers,
            "admin_host": admin_host,
            "admin_port": admin_port,
        },
    )
    run(
        settings,
        announce=lambda url: typer.echo(f"waitroom {__version__}: {url} -> {', '.join(settings.origin)}"),
    )


@app.command(epilog="Example:  waitroom check --config waitroom.toml")
def check(config: ConfigFile = None) -> None:
    """Read the configuration, reach Redis and the origin, and say what is wrong and where."""
    from waitroom.cli.check import run_checks
    from waitroom.settings import load

    if not run_checks(load(config)):
        raise typer.Exit(1)


@app.command(
    "set",
    epilog="Examples:  waitroom set drop rate=120 --why 'payment is slow'      waitroom set drop mode=pause",
)
def set_live(
    room: Annotated[str, typer.Argument(help="The room's name.")],
    changes: Annotated[
        list[str],
        typer.Argument(
            help="rate=…, capacity=…, mode=…, message=…, session=…, keep=…, presence=…, burst=…, entry=…, weight.LANE=…"
        ),
    ],
    config: ConfigFile = None,
    why: Annotated[str, typer.Option(help="The reason, for the log.")] = "",
) -> None:
    """Change settings of a running room; every worker follows within a second."""
    from waitroom.cli.live import change_live
    from waitroom.settings import load

    for line in change_live(load(config), room, changes, why):
        typer.echo(line)


@app.command(epilog="Example:  waitroom reset drop --why 'rehearsal is over' --yes")
def reset(
    room: Annotated[str, typer.Argument(help="The room's name.")],
    config: ConfigFile = None,
    why: Annotated[str, typer.Option(help="The reason, for the log.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Begin a room's line anew: every place in it is given up. Those inside stay inside."""
    from waitroom.cli.live import reset_room
    from waitroom.settings import load

    settings = load(config)
    if not yes:
        typed = typer.prompt(
            f"Every place in the line of {room!r} will be given up. Type the room's name to go on"
        )
        if typed != room:
            typer.echo("Nothing was changed.")
            raise typer.Exit(1)
    for line in reset_room(settings, room, why):
        typer.echo(line)


@app.command(
    epilog="Examples:  waitroom schedule drop      waitroom schedule drop --apply --why 'an hour later'"
)
def schedule(
    room: Annotated[str, typer.Argument(help="The room's name.")],
    config: ConfigFile = None,
    apply: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--apply", help="First replace the plan of the running room by that of the file.")
    ] = False,
    why: Annotated[str, typer.Option(help="The reason, for the log.")] = "",
) -> None:
    """Show what is planned for a running room, or change it to what the file says now."""
    from waitroom.cli.schedule import apply_schedule, show_schedule
    from waitroom.settings import load

    settings = load(config)
    for line in apply_schedule(settings, room, why) if apply else show_schedule(settings, room):
        typer.echo(line)


@app.command(epilog="Example:  waitroom demo --crowd 500 --port 8080")
def demo(
    crowd: Annotated[int, typer.Option(min=0, max=5000, help="Simulated shoppers; 0 for none.")] = 200,
    port: Annotated[int, typer.Option(help="Port of the gateway.")] = 8000,
    admin_port: Annotated[int, typer.Option(help="Port of the ops console, which is still to come.")] = 8001,
    rate: Annotated[float, typer.Option(min=0, help="Admissions per minute.")] = 120,
    opens_in: Annotated[
        str,
        typer.Option(
            help='Open the doors after this time, such as "1m": a pre-queue with a draw. "0": at once.'
        ),
    ] = "0",
) -> None:
    """Everything on one machine with nothing to configure: Redis, a small shop, the gateway, a crowd."""
    from waitroom.demo.run import run_demo

    run_demo(
        crowd=crowd, port=port, admin_port=admin_port, rate=rate, opens_in=_seconds("--opens-in", opens_in)
    )


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


def _seconds(option: str, written: str) -> float:
    from waitroom.settings import parse_duration

    try:
        return parse_duration(written)
    except ValueError:
        raise typer.BadParameter(f'{written!r} is not a duration such as "1m"', param_hint=option) from None


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


@app.command(epilog="Example:  waitroom settings > settings.md")
def settings() -> None:
    """Print all settings with what they mean, what is allowed, and the defaults."""
    from waitroom.settings import manual

    typer.echo(manual(), nl=False)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


app.command(
    epilog="Examples:  waitroom rehearse --visitors 50000 --rate 600      "
    "waitroom rehearse --arrivals last-sale.csv --crowd phones"
)(rehearse)
app.command(
    epilog="Examples:  waitroom plan --waiting 50000 --rate 300 --within 1h      "
    "waitroom plan --config waitroom.toml --what-if rate=450"
)(plan)


def main() -> None:
    """The ``waitroom`` command. Exit codes: 0 done, 1 failed, 2 wrong usage."""
    configure_logging()
    try:
        app()
    except WaitroomError as error:
        for line in str(error).splitlines():
            print(f"waitroom: {line}", file=sys.stderr)
        sys.exit(1)
