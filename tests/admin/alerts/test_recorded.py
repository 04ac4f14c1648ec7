"""What goes into a record, as events."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from admin.alerts.events import Event, is_wanted, wants_rooms
from admin.alerts.recorded import CHANGES, CLOSED, TYPES, events_of
from admin.feedback.telling import TYPE as FEEDBACK
from waitroom.record.audit import KNOWN_KINDS
from waitroom.record.entries import Entry
from waitroom.settings import NotifySettings, Severity
from waitroom.settings.notify import EVENT_TYPES

ID = "1700000000123-4"
BASE = {"epoch": "3", "clock": "7", "chain": "ab"}


def of(kind: str, **fields: str) -> list[Event]:
    """The events of an entry."""
    return list(events_of("drop", Entry.parse(ID, {"type": kind, **BASE, **fields})))


def test_a_change_gives_an_event_for_what_it_changes() -> None:
    """Rate and mode each one, all else together one, each with before and after, who and why."""
    changes = {"rate": "100 -> 200", "mode": "queue -> auto", "message": " -> Hello", "keep_ms": "1 -> 2"}
    events = of("changed", who="ada", why="too slow", **changes)
    assert ["room.rate_changed", "room.mode_changed", "room.settings_changed"] == [
        each.type for each in events
    ]
    rate, _, others = events
    assert {
        "room": "drop", "epoch": 3, "entry": ID, "who": "ada", "why": "too slow",
        "changes": {"rate": {"before": "100", "after": "200"}},
    } == rate.data  # fmt: skip
    assert ["message", "keep_ms"] == list(others.data["changes"])  # type: ignore[arg-type]
    assert ("2023-11-14T22:13:20.123Z", "drop") == (rate.time, rate.room)
    assert "rate 100 -> 200" in rate.text
    assert "by ada: too slow" in rate.text


def test_an_id_is_that_of_the_entry() -> None:
    """Read twice, it is the same event; the events of one entry differ; and a full stop would break its signature."""
    first, again = of("changed", rate="1 -> 2", mode="a -> b"), of("changed", rate="1 -> 2", mode="a -> b")
    assert first == again
    assert [f"drop:{ID}:rate_changed", f"drop:{ID}:mode_changed"] == [each.id for each in first]
    assert not any("." in each.id for each in first)


def test_a_room_that_closes_is_an_event_of_its_own() -> None:
    """Besides the change of its mode, by whomever: so it can be asked for alone."""
    events = of("changed", who="schedule", why="drop-1", mode="queue -> closed")
    assert ["room.mode_changed", CLOSED] == [each.type for each in events]
    assert [] == [each for each in of("changed", mode="closed -> queue") if each.type == CLOSED]


def test_measured_limits_are_apart() -> None:
    """Adaptive admission changes them often: who wants them asks for them."""
    assert ["room.limit_changed"] == [
        each.type for each in of("changed", limit_rate="1 -> 2", limit_inside="3 -> 4")
    ]


@pytest.mark.parametrize("kind", sorted(KNOWN_KINDS))
def test_each_kind_of_entry_gives_its_event(kind: str) -> None:
    """But what visitors do thousands of times: of that there are figures."""
    fields = defaultdict(lambda: "1", {"type": kind, **BASE, "plan": ""})  # whatever the kind has
    types = [each.type for each in events_of("drop", Entry.parse(ID, fields))]
    told = kind not in ("called", "passed", "let_in_alone", "forgotten", "rested", "undone", "changed")
    assert ([TYPES[kind]] if told else []) == types


def test_a_kind_that_is_new_has_its_own_name() -> None:
    """Nothing that another version writes is lost."""
    assert ["room.sold_out"] == [each.type for each in of("sold_out", what="plates")]
    assert [] == of("Söld out!")


def test_an_event_comes_back_as_it_was() -> None:
    """From the outbox."""
    (event,) = of("opened", event="drop-1")
    assert event == Event.from_json(event.to_json())


def channel(**settings: object) -> NotifySettings:
    """A channel."""
    return NotifySettings.model_validate({"name": "a", "url": "https://hooks.example/x", **settings})


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [
        ({}, {"alert.firing"}),
        ({"events": ["*"]}, {"alert.firing", "room.opened", "room.limit_changed"}),
        ({"events": ["room.*", "!room.limit_changed"]}, {"room.opened"}),
        ({"events": ["room.opened"]}, {"room.opened"}),
        ({"events": ["*"], "rooms": ["late"]}, set()),
        (
            {"events": ["*"], "rooms": ["late", "drop"], "severity": "critical"},
            {"room.opened", "room.limit_changed"},
        ),
    ],
)
def test_a_channel_gets_what_it_asks_for(settings: dict[str, object], kinds: set[str]) -> None:
    """By type, by room, and alerts by how bad they are."""
    events = [
        Event(id="1", type=kind, at=0, title="", text="", room="drop", severity=Severity.WARNING)
        for kind in ("alert.firing", "room.opened", "room.limit_changed")
    ]
    assert kinds == {each.type for each in events if is_wanted(channel(**settings), each)}


def test_of_the_site_every_channel_hears() -> None:
    """An alert that is of no room is of all."""
    event = Event(id="1", type="alert.firing", at=0, title="", text="", severity=Severity.CRITICAL)
    assert is_wanted(channel(rooms=["late"]), event)


@pytest.mark.parametrize(
    ("events", "expected"),
    [(["alert.*"], False), (["alert.*", "!room.*"], False), (["*"], True), (["room.opened"], True)],
)
def test_records_are_read_where_somebody_wants_them(events: list[str], expected: bool) -> None:
    """And not else."""
    assert expected == wants_rooms([channel(events=events)])


def test_all_types_can_be_asked_for_and_are_in_the_documentation() -> None:
    """Other people's programs go by them."""
    of_rooms = {*TYPES.values(), *CHANGES.values(), CLOSED, "room.settings_changed", FEEDBACK}
    assert {*of_rooms, "alert.firing", "alert.resolved"} == EVENT_TYPES
    page = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text()
    told = set(re.findall(r"`(room\.[a-z_]+)`", page))
    assert of_rooms == told
