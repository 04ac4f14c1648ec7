"""The live rules as settings, and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from waitroom.assembly.line import rules_of
from waitroom.errors import SettingsError
from waitroom.line.rules import Mode
from waitroom.live.settings import CHANGEABLE, fields_for, flat, names_of, nested, shown, values_of
from waitroom.live.turning import Turning, one_line, resuming, setting, work_out
from waitroom.settings import RoomSettings


def test_values_are_those_of_the_file_where_nothing_was_turned(room: RoomSettings) -> None:
    """In the units of the file; all that can be changed is there."""
    values = values_of(room, rules_of(room))
    assert names_of(room) == tuple(values)
    assert (120, 600, "auto", None, 3) == (
        values["rate"], values["keep"], values["mode"], values["adaptive.latency"], values["weight.members"],
    )  # fmt: skip


def test_values_make_the_rules_that_they_came_from(room: RoomSettings) -> None:
    """However they are written: flat, nested, or as typed."""
    rules = rules_of(room)
    values = values_of(room, rules)
    typed = {name: shown(name, value).replace("(none)", "") for name, value in values.items()}
    for wanted in (values, flat(nested(values)), typed):
        assert () == Turning.of(room, rules, fields_for(room, rules, wanted)).changes


@pytest.mark.parametrize("name", CHANGEABLE)
def test_each_setting_is_refused_what_it_cannot_be(room: RoomSettings, name: str) -> None:
    """With its name, what was given and what is allowed."""
    with pytest.raises(SettingsError, match=rf"^{name}: .* was given, allowed is "):
        fields_for(room, rules_of(room), {name: ["no", "such", "thing"]})


def test_what_does_not_fit_together_is_refused(room: RoomSettings) -> None:
    """Also with what is there already."""
    rules = rules_of(room)
    with pytest.raises(SettingsError, match=r"entry \(1m now\) must not be longer than keep \(30s\)"):
        fields_for(room, rules, {"keep": 30})
    assert {"keep_ms": "30000", "entry_ms": "20000"} == fields_for(room, rules, {"keep": 30, "entry": "20s"})


def test_nothing_is_what_a_setting_has_that_is_left_out(room: RoomSettings) -> None:
    """0 is not nothing."""
    rules = replace(rules_of(room), adaptive="on:1 least:20 most:500 latency:0.8 errors:0.01")
    wanted = {"adaptive.least": 0, "adaptive.most": None, "adaptive.latency": ""}
    after = work_out(room, rules, setting(wanted)).after
    values = values_of(room, after)
    assert (0, None, None) == tuple(values[name] for name in wanted)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"lanes": {"members": {"weight": 3}}}, {"weight.members": 3}),
        ({"weight": {"members": 3}, "rate": 1}, {"weight.members": 3, "rate": 1}),
        ({"challenge": {"when": "auto"}}, {"challenge.when": "auto"}),
        ({"rate": {}}, {"rate": {}}),
        ({"a": {"b": {"c": {"d": {"e": 1}}}}}, {"a.b.c.d": {"e": 1}}),
    ],
)
def test_tables_are_flattened(given: dict[str, object], found: dict[str, object]) -> None:
    """As deep as there are any."""
    assert found == flat(given)  # type: ignore[arg-type]


def test_resuming_is_nothing_without_a_pause(room: RoomSettings) -> None:
    """And without a mode before, it is auto."""
    rules = rules_of(room)
    assert {} == resuming(rules)
    assert {"mode": "auto"} == resuming(replace(rules, mode=Mode.PAUSE))
    assert {"mode": "closed"} == resuming(replace(rules, mode=Mode.PAUSE, resumes="closed"))


def test_a_reason_is_one_line_that_does_nothing() -> None:
    """No line end, no escape of a terminal, no sign that turns the direction of writing."""
    assert "stock [31m is counted" == one_line("stock\n\x1b[31m\u202e is\tcounted \0")
