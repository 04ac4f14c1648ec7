"""``waitroom rehearse``: the sale before the sale."""

from __future__ import annotations

import gc
import random
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from waitroom.cli.options import duration, room_asked_for, some_duration
from waitroom.errors import SettingsError
from waitroom.rehearse.arrivals import LONGEST_SECONDS, MOST_VISITORS
from waitroom.rehearse.scenario import CROWDS, Scenario

LARGEST_SEED = 2**32 - 1
_KEY_FIGURES = 5


def _option(panel: str, text: str, **more: Any) -> Any:
    return typer.Option(
        rich_help_panel=panel, show_default=more.pop("show_default", False), help=text, **more
    )


def _time(panel: str, text: str, *, least: Callable[[str], float] = some_duration, **more: Any) -> Any:
    return _option(panel, text, parser=least, metavar="TIME", **more)


def _share(text: str) -> Any:
    return _option(CROWD, text, min=0.0, max=1.0)


SALE, CROWD, ROOM, REPORT = "The sale", "The crowd", "The room", "The report"
_Text = str | None
_Time = float | None
_Share = float | None


def rehearse(
    visitors: Annotated[
        int | None,
        _option(SALE, "How many come. 10000, or as many as the CSV file has.", min=1, max=MOST_VISITORS),
    ] = None,
    arrivals: Annotated[
        str,
        _option(
            SALE,
            "When: flash-sale, slow-build, steady, two-waves, or a .csv file of second,arrivals.",
            show_default=True,
        ),
    ] = "flash-sale",
    over: Annotated[float, _time(SALE, "How long they keep coming.", show_default="40m")] = 2400.0,
    at: Annotated[
        list[str] | None, _option(SALE, "Turn the dial meanwhile: '20m rate=600'. May be repeated.")
    ] = None,
    draw: Annotated[  # noqa: FBT002 - typer's way
        bool, _option(SALE, "Whether those who come before the opening are drawn.", show_default=True)
    ] = True,
    until: Annotated[
        _Time, _time(SALE, "End after this time, whoever still waits. Left out: when all is settled.")
    ] = None,
    crowd: Annotated[
        str,
        _option(
            CROWD,
            "calm: all wait and enter. phones: some sleep, a few do not come. restless: much of both.",
            show_default=True,
        ),
    ] = "calm",
    no_shows: Annotated[_Share, _share("The share of those called who never enter.")] = None,
    patience: Annotated[
        _Time, _time(CROWD, "Half of them give up within this time; 0s: nobody does.", least=duration)
    ] = None,
    sleepers: Annotated[_Share, _share("The share whose phones sleep now and then.")] = None,
    awake: Annotated[_Time, _time(CROWD, "Mean time until such a phone sleeps.")] = None,
    asleep: Annotated[_Time, _time(CROWD, "Mean time until it wakes.")] = None,
    visit: Annotated[_Time, _time(CROWD, "Mean time inside, until the last request.")] = None,
    rate: Annotated[
        _Text, _option(ROOM, 'Admissions a minute, or a ramp: "100, then +50 every 5m to 600". 300.')
    ] = None,
    capacity: Annotated[_Text, _option(ROOM, "Visitors inside at once; 0: no cap.")] = None,
    mode: Annotated[_Text, _option(ROOM, "auto, queue or pause.")] = None,
    session: Annotated[_Text, _option(ROOM, "A pass lives this long after the last request.")] = None,
    keep: Annotated[_Text, _option(ROOM, "Who was absent when called may still enter for this long.")] = None,
    presence: Annotated[_Text, _option(ROOM, "Absent when not seen for this long.")] = None,
    burst: Annotated[_Text, _option(ROOM, "The rate's allowance that an idle room saves up.")] = None,
    entry: Annotated[_Text, _option(ROOM, "A granted place is kept for this long.")] = None,
    lane: Annotated[
        list[str] | None,
        _option(ROOM, "A lane as name:weight:share of the visitors, such as members:3:0.2. May be repeated."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            show_default=False,
            rich_help_panel=ROOM,
            help="Start from a room of this configuration file.",
        ),
    ] = None,
    room: Annotated[_Text, _option(ROOM, "Which room of that file; its only one where left out.")] = None,
    seed: Annotated[
        int | None,
        _option(REPORT, "The same seed gives the same report. Left out: a new one.", min=0, max=LARGEST_SEED),
    ] = None,
    out: Annotated[
        Path, _option(REPORT, "The folder for report.html and report.json.", show_default=True)
    ] = Path("rehearsal"),
    open_it: Annotated[  # noqa: FBT002 - typer's way
        bool, typer.Option("--open", rich_help_panel=REPORT, help="Show the report in the browser.")
    ] = False,
) -> None:
    """Play the sale before it happens: the gateway's own rules, with a simulated crowd and clock."""
    from waitroom.rehearse.asked import Asked, scenario_of
    from waitroom.settings import RoomSettings

    if crowd not in CROWDS:
        raise typer.BadParameter(f"{crowd!r} is not one of {', '.join(CROWDS)}", param_hint="--crowd")
    if over > LONGEST_SECONDS:
        raise typer.BadParameter("must not be longer than 7d", param_hint="--over")
    wanted = {
        "rate": rate, "capacity": capacity, "mode": mode, "session": session, "keep": keep, "presence": presence,
        "burst": burst, "entry": entry,
    }  # fmt: skip
    behaviour = {
        "no_shows": no_shows, "patience": patience, "sleepers": sleepers, "awake": awake, "asleep": asleep,
        "visit": visit,
    }  # fmt: skip
    people = replace(CROWDS[crowd], **{name: value for name, value in behaviour.items() if value is not None})
    asked = Asked(
        room=room_asked_for(config, room) or RoomSettings(name="rehearsal"),
        rules={name: value for name, value in wanted.items() if value is not None},
        people=people,
        visitors=visitors,
        arrivals=arrivals,
        over=over,
        lanes=lane or (),
        changes=at or (),
        is_drawn=draw,
        seed=random.SystemRandom().randrange(LARGEST_SEED) if seed is None else seed,
        longest=until or 0.0,
    )
    page = _play(scenario_of(asked), out)
    if open_it:
        webbrowser.open(page.resolve().as_uri())


def _play(scenario: Scenario, out: Path) -> Path:
    """Plays, writes, and tells the figures that matter most."""
    from waitroom.rehearse.curves import curves_of
    from waitroom.rehearse.figures import figures_of
    from waitroom.rehearse.report import to_html, to_json, write
    from waitroom.rehearse.run import rehearse as play
    from waitroom.rehearse.spoken import long
    from waitroom.rehearse.words import verdicts

    begun = time.perf_counter()
    with _writing(out):
        out.mkdir(parents=True, exist_ok=True)
    with _no_collector(), _progress() as progress:
        played = play(scenario, progress)
        figures, curves = figures_of(played), curves_of(played)
    html = to_html(scenario, figures, curves)
    seconds = time.perf_counter() - begun
    with _writing(out):
        page, data = write(out, html=html, text=to_json(scenario, figures, curves, seconds))
    typer.echo(
        f"{figures.visitors:,} visitors, {long(figures.seconds)} played in {seconds:.1f} s; seed {scenario.seed}\n"
    )
    for verdict in verdicts(figures, scenario)[:_KEY_FIGURES]:
        typer.echo(
            f"  {verdict.title:<20} {typer.style(f'{verdict.figure:>10}', bold=True)}   {verdict.says}"
        )
    typer.echo(f"\n  {page}\n  {data}")
    return page


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingsError(f"out: {out} cannot be written: {error.strerror}") from error


@contextmanager
def _no_collector() -> Iterator[None]:
    """Millions of objects are made and none of them in circles: looking for circles would cost a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _progress() -> Iterator[Callable[[int, int, float], None]]:
    """A bar on the terminal; nothing where there is none."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip
    with bar:
        task = bar.add_task("playing", total=None)
        yield lambda known, of, seconds: bar.update(
            task, completed=known, total=of, description=f"at {seconds / 60:.0f} min"
        )
