"""``waitroom privacy``: tells what is kept of people, and erases it."""

from __future__ import annotations

from typing import Annotated

import typer

from waitroom.cli.options import ConfigFile, some_duration

app = typer.Typer(
    rich_markup_mode="rich",
    help="Tell what is kept of people, where and how long; erase what is held about one.",
)

RoomName = Annotated[str | None, typer.Option("--room", help="Only this room.", show_default=False)]


@app.callback(
    invoke_without_command=True,
    epilog="Examples:  waitroom privacy --config waitroom.toml      waitroom privacy erase 0065-7QK",
)
def tell(
    context: typer.Context,
    config: ConfigFile = None,
    room: RoomName = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Tell what is kept of people, where, for what and for how long: by the settings as they are."""
    if context.invoked_subcommand is not None:
        return
    from waitroom.cli.kept import show
    from waitroom.settings import load

    for line in show(load(config), room, as_json=json_):
        typer.echo(line)


@app.command(
    epilog="Examples:  waitroom privacy erase 0065-7QK --yes --why 'asked by mail'      "
    "waitroom privacy erase --member 4711      waitroom privacy erase --all --older-than 90d"
)
def erase(
    code: Annotated[str, typer.Argument(help="The support code of a place.", show_default=False)] = "",
    config: ConfigFile = None,
    room: RoomName = None,
    token: Annotated[
        str, typer.Option(help="Instead: a ticket or a pass, as its holder has it.", show_default=False)
    ] = "",
    visit: Annotated[
        str, typer.Option(help="Instead: a visit, as Waitroom-Visitor tells it.", show_default=False)
    ] = "",
    member: Annotated[
        str, typer.Option(help="Instead: the shop's key of an invited member.", show_default=False)
    ] = "",
    all_: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--all", help="Instead: of everybody, what is older than --older-than.")
    ] = False,
    older_than: Annotated[
        str | None, typer.Option(help="With --all: such as 90d.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase; else it is only told.")] = False,  # noqa: FBT002
    why: Annotated[str, typer.Option(help="The reason, for the audit log. Name nobody in it.")] = "",
) -> None:
    """Tell what is held about one person, and with --yes take it away."""
    from waitroom.cli.erasing import Asked, erase_old, erase_one
    from waitroom.settings import load

    if sum(map(bool, (code, token, visit, member, all_))) != 1:
        raise typer.BadParameter(
            "name one: a support code, --token, --visit, --member, or --all", param_hint="CODE"
        )
    if all_ != (older_than is not None):
        raise typer.BadParameter("--all and --older-than go together", param_hint="--all")
    if older_than is not None:
        lines = erase_old(load(config), some_duration(older_than), why=why, erases=yes)
    else:
        lines = erase_one(load(config), Asked(code, token, visit, member), room=room, why=why, erases=yes)
    for line in lines:
        typer.echo(line)
