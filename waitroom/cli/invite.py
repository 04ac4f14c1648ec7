"""``waitroom invite``: mints invitations and codes, shows what one says, and revokes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from waitroom.cli.options import ConfigFile

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode="rich", help="Mint, show and revoke invitations into a lane."
)

RoomName = Annotated[
    str | None, typer.Option("--room", help="The room; needed where there are several.", show_default=False)
]
Lane = Annotated[str, typer.Option(help="The lane that they lead to.")]
Expires = Annotated[
    str, typer.Option(help="How long they count, such as 7d, or until when: 2026-05-01T10:00+02:00.")
]
Begins = Annotated[
    str | None, typer.Option(help="From when on they count; left out: at once.", show_default=False)
]


@app.command(
    epilog="Examples:  waitroom invite mint --lane members --members members.csv --out links.csv      "
    "waitroom invite mint --lane members --count 500 --codes --out codes.csv"
)
def mint(
    lane: Lane,
    out: Annotated[Path, typer.Option(help="The CSV file to write; it must not exist.")],
    config: ConfigFile = None,
    room: RoomName = None,
    members: Annotated[
        Path | None,
        typer.Option(
            help="A CSV file with a column named member; other columns are carried through.",
            show_default=False,
        ),
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=1, help="Instead: so many, for whoever gets them.", show_default=False)
    ] = None,
    codes: Annotated[bool, typer.Option("--codes", help="Codes to type, instead of links.")] = False,  # noqa: FBT002
    uses: Annotated[
        int, typer.Option(min=0, help="Places that each gives; 0: any number, one at a time (members only).")
    ] = 1,
    expires: Expires = "7d",
    begins: Begins = None,
    base: Annotated[
        str, typer.Option(help="The shop's address, where the room names no host.", show_default=False)
    ] = "",
    to: Annotated[
        str,
        typer.Option(
            help="The page to which links lead; left out: the room's first path.", show_default=False
        ),
    ] = "",
) -> None:
    """Mint invitations: a CSV file with a link or a code for each."""
    from waitroom.cli.inviting import Inviting, mint_codes, mint_links
    from waitroom.settings import load

    if (members is None) == (count is None):
        raise typer.BadParameter("say either --members FILE or --count N")
    inviting = Inviting(load(config), room, lane, uses=uses, expires=expires, begins=begins)
    if codes:
        line = mint_codes(inviting, members or count or 0, out)
    else:
        line = mint_links(inviting, members or count or 0, out, base=base, to=to)
    typer.echo(line)


@app.command(epilog="Example:  waitroom invite code SPRING24 --lane early --uses 2000 --expires 2d")
def code(
    word: Annotated[str, typer.Argument(help="4 to 12 letters and digits.")],
    lane: Lane,
    uses: Annotated[int, typer.Option(min=1, help="Places that it gives in all.")],
    config: ConfigFile = None,
    room: RoomName = None,
    expires: Expires = "7d",
    begins: Begins = None,
) -> None:
    """Make a code of your own that many may use, for a campaign."""
    from waitroom.cli.inviting import Inviting, keep_word
    from waitroom.settings import load

    inviting = Inviting(load(config), room, lane, uses=uses, expires=expires, begins=begins)
    typer.echo(keep_word(inviting, word))


@app.command(epilog="Example:  waitroom invite show 'https://shop.example/__waitroom/drop/enter?i=…'")
def show(
    what: Annotated[str, typer.Argument(help="A link, its token, or a code.")],
    config: ConfigFile = None,
    room: RoomName = None,
) -> None:
    """Show what an invitation says, and whether it counts."""
    from waitroom.cli.inviting import show_invitation
    from waitroom.settings import load

    lines, counts = show_invitation(load(config), room, what)
    for line in lines:
        typer.echo(line)
    if not counts:
        raise typer.Exit(1)


@app.command(epilog="Example:  waitroom invite revoke k3f9q2xa-17 --why 'sent to the wrong list'")
def revoke(
    names: Annotated[
        list[str],
        typer.Argument(help="Ids of invitations, or of whole batches: what stands before the hyphen."),
    ],
    config: ConfigFile = None,
    room: RoomName = None,
    why: Annotated[str, typer.Option(help="The reason, for the log.")] = "",
    member: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--member", help="The names are member keys: no invitation or claim of theirs counts."),
    ] = False,
) -> None:
    """Revoke invitations and codes: they give no new places. Places that they gave are kept."""
    from waitroom.cli.inviting import revoke_names
    from waitroom.settings import load

    typer.echo(revoke_names(load(config), room, names, why, are_members=member))
