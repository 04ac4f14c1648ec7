"""``waitroom set`` and ``waitroom reset``: a running room, from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import ValidationError

from waitroom.assembly.line import rules_of, weights_of
from waitroom.cli.line import find_room, who_asks, with_store
from waitroom.cli.live_settings import CHANGEABLE, as_settings, changed, cut, field_of, shown
from waitroom.errors import SettingsError
from waitroom.line.memory import GENERAL
from waitroom.line.rules import Rules
from waitroom.line.store import LineStore
from waitroom.settings import Settings, allowed
from waitroom.settings.lanes import LaneSettings
from waitroom.shaping.weights import weights_text

_WEIGHT = "weight."


def change_live(settings: Settings, room: str, changes: Sequence[str], why: str) -> list[str]:
    """Sets ``name=value`` pairs for a running room, and returns a line for each."""
    from_file = find_room(settings, room)
    lanes = weights_of(from_file)
    wanted: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or (name not in CHANGEABLE and name.removeprefix(_WEIGHT) not in lanes):
            weights = [f"{_WEIGHT}{lane}" for lane in lanes] if len(lanes) > 1 else []
            raise SettingsError(
                f"{change!r} is not a change; write name=value with one of {', '.join([*CHANGEABLE, *weights])}"
            )
        if name in wanted:
            raise SettingsError(f"{name} is given twice")
        wanted[name] = value

    heavier = {name: wanted.pop(name) for name in list(wanted) if name.startswith(_WEIGHT)}

    async def apply(store: LineStore) -> list[str]:
        rules = await store.rules()
        before = as_settings(from_file, rules)
        after = changed(before, wanted)
        weights = _weights(rules, lanes, heavier)
        if heavier:
            _keep_general_share(weights, from_file.general_share)
        stored = rules_of(after).to_redis()
        changes = {field: stored[field] for field in map(field_of, wanted)}
        if heavier:
            changes["weights"] = weights_text(weights)
        await store.configure(changes, source="live", who=who_asks(), why=why)
        lines = [f"{room}: {name} -> {weights[name.removeprefix(_WEIGHT)]:g}" for name in heavier]
        return lines + [f"{room}: {name} {shown(before, name)} -> {shown(after, name)}" for name in wanted]

    return with_store(settings, room, apply)


def reset_room(settings: Settings, room: str, why: str) -> list[str]:
    """Begins a room's line anew, and returns a line that says so."""
    find_room(settings, room)

    async def apply(store: LineStore) -> list[str]:
        head = await store.reset(who=who_asks(), why=why)
        return [f"{room}: the line begins anew (epoch {head.epoch}); those inside stay inside"]

    return with_store(settings, room, apply)


def _keep_general_share(weights: Mapping[str, float], least: float) -> None:
    total = sum(weights.values())
    share = weights[GENERAL] / total if total else 0.0
    if share < least * (1 - 1e-6):
        raise SettingsError(
            f"the lane {GENERAL} would get {share:.3g} of the admissions, less than its general_share of {least:g}"
        )


def _weights(rules: Rules, lanes: Iterable[str], wanted: Mapping[str, str]) -> dict[str, float]:
    """The weights of all lanes with those that are wanted."""
    weights = {lane: rules.weight_of(lane) for lane in lanes}
    for name, value in wanted.items():
        try:
            weights[name.removeprefix(_WEIGHT)] = LaneSettings.model_validate({"weight": value}).weight
        except ValidationError:
            meant = allowed(LaneSettings.model_fields["weight"])
            raise SettingsError(f"{name}: {cut(value)!r} was given, allowed is {meant}") from None
    return weights
