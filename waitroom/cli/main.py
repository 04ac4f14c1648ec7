"""The commands and what they share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from admin.auth.roles import Role
from waitroom import __version__
from waitroom.cli.invite import app as invite
from waitroom.cli.operating.commands import app as operating
from waitroom.cli.options import ConfigFile, duration
from waitroom.cli.plan import plan
from waitroom.cli.privacy import app as privacy
from waitroom.cli.proofs import app as proofs
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
app.add_typer(privacy, name="privacy")
app.add_typer(proofs)
app.add_typer(operating)


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
        typer.Option(help="Address of the ops console.", show_default=False),
    ] = None,
    admin_port: Annotated[
        int | None, typer.Option(help="Port of the ops console; 0: a free one.", show_default=False)
    ] = None,
) -> None:
    """Run the gateway in front of a shop."""
    from waitroom.serving.run import serve as run
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


@app.command(epilog="Example:  waitroom console --config waitroom.toml --admin-host 0.0.0.0")
def console(
    config: ConfigFile = None,
    admin_host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default=False)] = None,
    admin_port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0: a free one.", show_default=False)
    ] = None,
) -> None:
    """Run the ops console alone, for gateways that run elsewhere.

    It needs their redis_url and secret; they are set console = false.
    """
    from waitroom.serving.run import serve_console
    from waitroom.settings import load

    serve_console(load(config, overrides={"admin_host": admin_host, "admin_port": admin_port}))


@app.command(epilog="Example:  waitroom check --config waitroom.toml")
def check(config: ConfigFile = None) -> None:
    """Read the configuration, reach Redis and the origin, and say what is wrong and where."""
    from waitroom.cli.check import run_checks
    from waitroom.settings import load

    if not run_checks(load(config)):
        raise typer.Exit(1)


@app.command(
    epilog="Examples:  waitroom preview --config waitroom.toml      waitroom preview --out pages --language lv"
)
def preview(
    config: ConfigFile = None,
    port: Annotated[int, typer.Option(help="Port on this machine; 0: a free one.")] = 8002,
    out: Annotated[
        Path | None, typer.Option(help="Write the pages into this folder instead.", show_default=False)
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="With --out: a language; may be repeated.", show_default=False)
    ] = None,
) -> None:
    """Show every page that visitors may meet, in each state, language, theme and size; follows your files."""
    from waitroom.cli.preview import run_preview, write_preview

    if out is None:
        run_preview(config, port)
    else:
        write_preview(config, out, language or ())


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


@app.command(
    epilog="Examples:  waitroom support 0065-7QK      waitroom support 0065-7QK --restore --why 'phone died'"
)
def support(
    code: Annotated[
        str, typer.Argument(help="The support code, as the shopper's page shows it.", show_default=False)
    ],
    config: ConfigFile = None,
    room: Annotated[str | None, typer.Option(help="Only this room.", show_default=False)] = None,
    lane: Annotated[str | None, typer.Option(help="Only this lane.", show_default=False)] = None,
    restore: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--restore", help="Give a missed, left or used place back, at its old turn.")
    ] = False,
    front: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--front", help="Let a waiting place be called next, within the rate.")
    ] = False,
    why: Annotated[str, typer.Option(help="The reason, for the record.")] = "",
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Find a shopper's place by its code, tell what became of it, and help."""
    from waitroom.cli.support import as_json, as_text
    from waitroom.cli.support import support as run
    from waitroom.settings import load
    from waitroom.support.place import Action

    if restore and front:
        raise typer.BadParameter(
            "a place is either given back or brought to the front", param_hint="--restore"
        )
    if (restore or front) and not why.strip():
        raise typer.BadParameter("a reason is needed: it is kept in the record", param_hint="--why")
    action = Action.RESTORE if restore else Action.FRONT if front else None
    settings = load(config)
    done, found = run(settings, code, room=room, lane=lane, action=action, why=why)
    if json_:
        typer.echo(as_json(found))
        return
    for line in [*done, *as_text(settings, found)]:
        typer.echo(line)


@app.command(epilog="Example:  waitroom demo --crowd 500 --port 8080")
def demo(
    crowd: Annotated[int, typer.Option(min=0, max=5000, help="Simulated shoppers; 0 for none.")] = 200,
    port: Annotated[int, typer.Option(help="Port of the gateway.")] = 8000,
    admin_port: Annotated[int, typer.Option(help="Port of the ops console.")] = 8001,
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

    run_demo(crowd=crowd, port=port, admin_port=admin_port, rate=rate, opens_in=duration(opens_in))


@app.command(epilog="Example:  waitroom token --role operator --expires 1d --label deploys")
def token(
    role: Annotated[Role, typer.Option(help="What the token may do.")],
    config: ConfigFile = None,
    expires: Annotated[
        str, typer.Option(help='When it ends, such as "1d"; "never": when it is revoked.')
    ] = "30d",
    label: Annotated[str, typer.Option(help="What it is for; the record names it.")] = "",
) -> None:
    """Print a new token for the console's API. It is shown this once."""
    from waitroom.cli.token import make_token
    from waitroom.settings import load

    typer.echo(make_token(load(config), role, expires, label))


@app.command(epilog="Examples:  waitroom user bob --role operator      waitroom user anna --without-codes")
def user(
    name: Annotated[str, typer.Argument(help="Whom to let into the console: a name or an e-mail address.")],
    role: Annotated[
        Role | None,
        typer.Option(help="What somebody new may do; who is there keeps their role.", show_default=False),
    ] = None,
    config: ConfigFile = None,
    without_codes: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--without-codes", help="Turn off the authenticator app that they have lost.")
    ] = False,
) -> None:
    """Print a one-time link by which somebody chooses a password for the console: the way in that is always left."""
    from waitroom.cli.user import make_link
    from waitroom.settings import load

    typer.echo(make_link(load(config), name, role, without_codes=without_codes))


@app.command(epilog="Example:  waitroom settings > settings.md")
def settings() -> None:
    """Print all settings with what they mean, what is allowed, and the defaults."""
    from waitroom.settings import manual

    typer.echo(manual(), nl=False)


@app.command(epilog="Example:  waitroom openapi > openapi.json")
def openapi() -> None:
    """Print the OpenAPI document of the gateway's own addresses."""
    from waitroom.gate.documents import description

    typer.echo(description(), nl=False)


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
