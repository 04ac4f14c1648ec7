"""``waitroom plan``: what a rate means, before it is set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waitroom.cli.options import duration, some_duration

if TYPE_CHECKING:
    from waitroom.line.rules import Rules
    from waitroom.shaping.plan import Situation

MOST_RATE = 1_000_000
MOST_INSIDE = 10_000_000
_MODES = ("auto", "queue", "pause", "pass", "closed")


def plan(
    waiting: Annotated[
        int | None, typer.Option(min=0, max=1_000_000_000, show_default=False, help="How many wait.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=0, max=MOST_RATE, show_default=False, help="Admissions a minute. 300.")
    ] = None,
    within: Annotated[
        float | None,
        typer.Option(
            parser=some_duration,
            metavar="TIME",
            show_default=False,
            help="What rate lets them all in within this time?",
        ),
    ] = None,
    no_shows: Annotated[
        float | None,
        typer.Option(min=0, max=0.99, show_default=False, help="The share of those called who do not come."),
    ] = None,
    capacity: Annotated[
        int | None,
        typer.Option(min=0, max=MOST_INSIDE, show_default=False, help="Visitors inside at once; 0: no cap."),
    ] = None,
    visit: Annotated[
        float | None,
        typer.Option(
            parser=duration,
            metavar="TIME",
            show_default=False,
            help="How long a visitor counts as inside: the visit, and `session` after its last request.",
        ),
    ] = None,
    inside: Annotated[
        int | None, typer.Option(min=0, show_default=False, help="Visitors inside now.")
    ] = None,
    inflow: Annotated[
        float | None, typer.Option(min=0, show_default=False, help="Newcomers a minute.")
    ] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if",
            show_default=False,
            help="A change: rate=450, capacity=900 or mode=pause. May be repeated.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", show_default=False, help="Read how a running room of this file stands now."
        ),
    ] = None,
    room: Annotated[
        str | None, typer.Option(show_default=False, help="Which room; its only one where left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """How long the last one waits, what rate is enough, and what a change would do."""
    from waitroom.line.rules import Rules
    from waitroom.rehearse.answer import Answer
    from waitroom.shaping.plan import Situation, effect_of, rate_to_finish

    if config is None and room is not None:
        raise typer.BadParameter("needs --config, the file that the room stands in", param_hint="--room")
    if config is None and waiting is None:
        raise typer.BadParameter("how many wait? Or --config, to read a running room", param_hint="--waiting")
    now = _live(config, room) if config is not None else Situation(waiting=0, rules=Rules())
    now = replace(
        now,
        waiting=now.waiting if waiting is None else waiting,
        no_shows=now.no_shows if no_shows is None else no_shows,
        visit_seconds=now.visit_seconds if visit is None else visit,
        inside=now.inside if inside is None else inside,
        inflow=now.inflow if inflow is None else inflow,
    )
    rules = now.rules
    if rate is not None:
        # what was measured was measured at another rate
        rules, now = replace(rules, rate=rate), replace(now, flow=0.0)
    if capacity is not None:
        rules, now = replace(rules, capacity=capacity), replace(now, flow=0.0)
    now = replace(now, rules=rules)
    effect = effect_of(now, _changed(rules, what_if or []))
    enough = None
    if within is not None:
        enough = rate_to_finish(
            now.waiting, within, no_shows=now.no_shows, capacity=rules.places, visit_seconds=now.visit_seconds
        )
    answer = Answer(now, effect, tuple(what_if or ()), within, enough)
    typer.echo(answer.to_json() if as_json else "\n".join(answer.in_words()))


def _changed(rules: Rules, texts: list[str]) -> Rules:
    for text in texts:
        name, _, value = text.partition("=")
        try:
            rules = _with(rules, name, value)
        except ValueError:
            raise typer.BadParameter(
                f"{text!r} was given; allowed is rate=NUMBER, capacity=WHOLE NUMBER, "
                f"or mode= and one of {', '.join(_MODES)}",
                param_hint="--what-if",
            ) from None
    return rules


def _with(rules: Rules, name: str, value: str) -> Rules:
    """The rules with one change; ``ValueError`` for one that cannot be."""
    from waitroom.line.rules import Mode

    match name:
        case "rate" if 0 <= float(value) <= MOST_RATE:
            return replace(rules, rate=float(value))
        case "capacity" if 0 <= int(value) <= MOST_INSIDE:
            return replace(rules, capacity=int(value))
        case "mode":
            return replace(rules, mode=Mode(value))
    raise ValueError(name)


def _live(config: Path, name: str | None) -> Situation:
    """How a running room stands."""
    import asyncio

    from waitroom.cli.options import room_named
    from waitroom.live.situation import read_situation
    from waitroom.settings import load

    settings = load(config)
    return asyncio.run(read_situation(settings, room_named(settings, name)))
