"""The entries of a record in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from waitroom.record.entries import Entry
from waitroom.settings.duration import format_duration

_OF_ALL = frozenset({"type", "epoch", "clock", "chain", "who", "why"})


def told(entry: Entry, zone: tzinfo = UTC) -> str:
    """One line: when, what, and where somebody did it, who and why."""
    return f"{_moment(entry.at_ms, zone)}  {said(entry, zone)}"


def said(entry: Entry, zone: tzinfo = UTC) -> str:
    """The same without the time."""
    return f"{what(entry, zone)}{_author(entry)}"


def what(entry: Entry, zone: tzinfo = UTC) -> str:
    """What happened, alone. Raises ``KeyError`` and ``ValueError`` for an entry that lacks what its kind has."""
    return WORDS.get(entry.kind, _any)(entry, zone)


def _author(entry: Entry) -> str:
    who, why = entry.fields.get("who", ""), entry.fields.get("why", "")
    if not who:
        return ""
    return f", by {who}" + (f": {why}" if why else "")


def _any(entry: Entry, _zone: tzinfo) -> str:
    about = [f"{name} {value}" for name, value in entry.fields.items() if name not in _OF_ALL]
    return f"{entry.kind}: {', '.join(about)}" if about else entry.kind


def _called(entry: Entry, _zone: tzinfo) -> str:
    of, late = entry.fields, entry.number("late")
    late_text = f", {late} of them late" if late else ""
    return (
        f"{of['lane']}: {of['granted']} let in{late_text}, called up to {of['to']} of {of.get('issued', '?')};"
        f" {of['inside']} inside"
    )


def _changed(entry: Entry, _zone: tzinfo) -> str:
    changes = ", ".join(
        f"{name.removesuffix('_ms')} {_spans(value) if name.endswith('_ms') else value}"
        for name, value in entry.fields.items()
        if name not in _OF_ALL
    )
    return f"changed: {changes}"


def _spans(change: str) -> str:
    """``600000 -> 6000`` as ``10m -> 6s``; what is none stays as it is."""
    try:
        return " -> ".join(format_duration(int(each) / 1000) if each else "" for each in change.split(" -> "))
    except ValueError:
        return f"{change} ms"


def _planned(entry: Entry, zone: tzinfo) -> str:
    steps = [f"{_moment(step.at_ms, zone)} {step.kind} {step.event}" for step in entry.planned()]
    return f"planned: {'; '.join(steps)}" if steps else "nothing is planned any more"


def _begun(entry: Entry, zone: tzinfo) -> str:
    of = entry.fields
    drawn = f", with a draw (commitment {of['commitment']})" if of.get("commitment") else ""
    return f"the line of {of['event']} begins; its doors open at {_moment(entry.number('opens_at'), zone)}{drawn}"


def _moved(entry: Entry, zone: tzinfo) -> str:
    opens = entry.number("opens_at")
    at = f"opens at {_moment(opens, zone)}" if opens else "will not open any more"
    return f"{entry.fields['event']} {at}"


def _reinstated(entry: Entry, _zone: tzinfo) -> str:
    of = entry.fields
    may = "its holder may come in" if of["is"] == "called" else f"it waits for turn {of['turn']} again"
    instead = f"; {_place(of['instead_of'])} is given up for it" if of.get("instead_of") else ""
    return f"the support desk gives place {of['number']} of {of['lane']} back, which was {of['was']}: {may}{instead}"


def _rested(entry: Entry, _zone: tzinfo) -> str:
    of, time = entry.fields, format_duration(entry.number("ms") / 1000)
    return (
        f"place {of['number']} of {of['lane']}, which was {of['was']}, lets others pass, for {time} at most"
    )


def _place(text: str) -> str:
    lane, _, number = text.rpartition(":")
    return f"place {number} of {lane}"


def _of(text: str) -> Callable[[Entry, tzinfo], str]:
    return lambda entry, _zone: text.format_map(entry.fields)


WORDS: dict[str, Callable[[Entry, tzinfo], str]] = {
    "began": _of("the room begins"),
    "begun": _begun,
    "called": _called,
    "changed": _changed,
    "brought_forward": _of(
        "the support desk brings place {number} of {lane} to the front, when {called} had been called"
    ),
    "codes_minted": _of("{count} codes for {lane} minted, batch {batch}"),
    "clock_agrees": _of("Redis's clock is right again"),
    "clock_astray": _of("Redis's clock is off by {by_ms} ms"),
    "revoked": _of("{count} invitations, or all of members, revoked: {what}"),
    "drawn": _of("{lane}: {count} drawn, from {first} on, for {event} (digest {digest})"),
    "let_in_alone": _of(
        "{lane}: {count} of the line, and {guests} without a place, were let in while Redis was away"
    ),
    "forgotten": _of("{count} old entries of this record are taken away"),
    "moved": _moved,
    "opened": _of("{event} opens"),
    "passed": _of("{lane}: {count} let through, called up to {to}"),
    "planned": _planned,
    "redis_restarted": _of("Redis was restarted or replaced; {lane} goes on from number {issued}"),
    "reinstated": _reinstated,
    "reset": _of("{lane} begins anew, after {issued} numbers, {called} of them called"),
    "restored": _of("Redis had forgotten {lane}; it goes on from number {issued}, called up to {called}"),
    "shared": _of("visit {visit} is ended: {why} ({networks} networks in {seconds} seconds)"),
    "rested": _rested,
    "undone": _of("whoever had left takes place {number} of {lane} back, when {called} had been called"),
    "revealed": _of("the seed of the draw of {event} is published: {seed}"),
}


def _moment(at_ms: int, zone: tzinfo) -> str:
    try:
        return f"{datetime.fromtimestamp(at_ms / 1000, zone):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return str(at_ms)
