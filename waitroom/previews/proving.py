"""Whether a shop's own templates hold: every page in every state and language is made from them once.

It is done in a process of its own (``python -m waitroom.previews.proving``), which may use so much memory and so much
time for a page and no more: a template that never ends, or that fills the memory, ends that process and not the
gateway. Time is that of the processor, so that a busy machine is no fault of a template.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path
from typing import NoReturn

from waitroom.errors import SettingsError
from waitroom.gate._templates import told
from waitroom.gate.page import Pages
from waitroom.gate.press import TEMPLATES, Press
from waitroom.gate.views import PageView
from waitroom.messages.message import Said
from waitroom.previews.others import others
from waitroom.previews.reading import faults, ids, templates_of
from waitroom.previews.rendering import Make, StrictPages
from waitroom.previews.samples import SAMPLES, view_of
from waitroom.resources import templates_dir
from waitroom.settings.room import RoomSettings
from waitroom.themes.theme import Theme
from waitroom.words.language import language
from waitroom.words.offered import OFFERED

LONGEST_SECONDS = 0.05
"""Of the processor's time for one page: two hundred times what ours take."""
_ENDLESS_SECONDS = 1.0
_MEMORY = 1 << 30
"""Bytes."""
_PATIENCE_SECONDS = 300.0
_ROOMS = (
    RoomSettings(name="drop"),
    RoomSettings(name="drop", take_along=False, undo=0.0, not_yet=0.0, invite_only=True),
)
_LONG = Said("Sehr <lang> & noch länger. " * 18, "de")


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of it."""

    pages: int = 0
    """How many were made."""
    slowest_seconds: float = 0.0
    fault: str = ""
    """What is wrong, with file and line; empty: nothing."""


class _EndlessError(Exception):
    """A page has had its time."""


def prove(templates: Path, languages: Sequence[str], named: str = "theme.templates") -> Proof:
    """Makes all pages from a folder of templates, in these languages or in all. Raises
    :class:`~waitroom.errors.SettingsError` where one cannot be made; ``named`` is the setting that names the folder."""
    if not templates.is_dir():
        raise SettingsError(f"{named}: {templates}: must be a folder")
    command = [sys.executable, "-m", "waitroom.previews.proving", str(templates), ",".join(languages)]
    try:
        done = subprocess.run(  # noqa: S603 - this module
            command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise SettingsError(f"{named}: {templates}: takes too long to be checked") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise SettingsError(f"{named}: {templates}: the check ended with status {done.returncode}: {last}")
    proof = Proof(**json.loads(done.stdout))
    if proof.fault:
        raise SettingsError(f"{named}: {proof.fault}")
    return proof


def proof_of(templates: Path, languages: Sequence[str]) -> Proof:
    """The same in this process, whose limits are not touched. The first fault ends it."""
    for fault in faults(templates):
        return Proof(fault=fault)
    own = {path.relative_to(templates).as_posix() for path in templates_of(templates)}
    if not own:
        return Proof(fault=f"{templates}: has no template, such as waiting.html")
    ours = Pages(templates_dir())
    press, made, slowest = Press(templates_dir(), theme=Theme(templates=templates)), 0, 0.0
    for index, tag in enumerate(languages or tuple(OFFERED)):
        pages = StrictPages(press, language(tag))
        for sample in _samples(own, whole=index == 0):
            label = f"{sample.name} ({tag})"
            try:
                with _bounded():
                    page, seconds = _made(pages, sample.render)
            except MemoryError:
                return Proof(made, slowest, f"{templates}: {label}: takes more memory than a page may")
            except Exception as error:
                return Proof(made, slowest, f"{told(error)}: {label}")
            made, slowest = made + 1, max(slowest, seconds)
            if seconds > LONGEST_SECONDS:
                spent = f"takes {seconds * 1000:.0f} ms, and at most {LONGEST_SECONDS * 1000:.0f} are allowed"
                return Proof(
                    made, slowest, f"{templates}: {label}: {spent}: it is made for everybody who waits"
                )
            lost = sorted(ids(sample.render(ours).body) - ids(page)) if index == 0 else []
            if lost:
                words = f"has no element with the id {lost[0]!r}, which the script of the page works with"
                return Proof(made, slowest, f"{templates}: {label}: {words}; keep it, hidden if need be")
    return Proof(made, slowest)


@dataclass(frozen=True, slots=True)
class _Sample:
    name: str
    render: Make


def _samples(own: AbstractSet[str], *, whole: bool) -> Iterator[_Sample]:
    """Those that these templates can change. Where they have held in one language, ``whole`` is left off in others."""
    now = datetime.now(UTC)
    each = not own <= set(TEMPLATES)
    if each or "waiting.html" in own:
        for name, sample in SAMPLES.items():
            for room in _ROOMS if whole else _ROOMS[:1]:
                view = view_of(sample, room, Said("", ""), now)
                for shown in (view, _extreme(view)) if whole else (view,):
                    yield _Sample(f"the state {name!r}", partial(Pages.waiting, view=shown))
    for name, page in others("drop").items():
        if each or page.template in own or (page.template == "left.html" and "waiting.html" in own):
            yield _Sample(f"the page {name!r}", page.render)


def _made(pages: Pages, render: Make) -> tuple[bytes, float]:
    """A page, and the processor's time that it took: once its templates were compiled, and at its best of three."""
    page, seconds = render(pages).body, inf
    for _ in range(3):
        if seconds > LONGEST_SECONDS:
            begun = time.process_time()
            render(pages)
            seconds = min(seconds, time.process_time() - begun)
    return page, seconds


def _extreme(view: PageView) -> PageView:
    """The same in the largest line there is, with the longest message."""
    far = None if view.position is None else 10_000_000
    return replace(
        view,
        position=far,
        ahead=None if far is None else far - 1,
        waiting=10_000_000,
        message=_LONG.text,
        message_language=_LONG.language,
        code=None,
        spare_link="/__waitroom/drop/place?t=x",
        query="?t=x",
    )


def main() -> None:
    """Prints a proof as JSON."""
    folder, languages = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGVTALRM, _endless)
    proof = proof_of(Path(folder), tuple(filter(None, languages.split(","))))
    print(json.dumps(asdict(proof)))


@contextmanager
def _bounded() -> Iterator[None]:
    """Within so much of the processor's time, where somebody listens for its end."""
    listens = callable(signal.getsignal(signal.SIGVTALRM))
    signal.setitimer(signal.ITIMER_VIRTUAL, _ENDLESS_SECONDS if listens else 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _endless(_signal: int, _frame: object) -> NoReturn:
    raise _EndlessError("does not come to an end")


if __name__ == "__main__":
    main()
