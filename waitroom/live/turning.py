"""Changes to a running room: worked out from what is there, and made only if that is still so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from waitroom.assembly.line import rules_of
from waitroom.errors import LineUnavailableError, OvertakenError
from waitroom.line.head import Head
from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore
from waitroom.live.settings import Value, fields_for, shown, values_of
from waitroom.settings import RoomSettings

FILE = "configuration file"
"""As whom the settings of the file stand in the record."""
_TRIES = 100
"""Others may be quicker again and again; each time one of them is done."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who turns a room, as the record will name them, and why."""

    who: str
    why: str = ""

    def __post_init__(self) -> None:
        """A line of the record stays one line, and does nothing where it is shown."""
        object.__setattr__(self, "why", one_line(self.why))


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one setting."""

    name: str
    """As in the file, with the name of its table before it: ``challenge.when``; or ``weight.LANE``."""
    before: Value
    after: Value

    def __str__(self) -> str:
        return f"{self.name} {shown(self.name, self.before)} -> {shown(self.name, self.after)}"


@dataclass(frozen=True, slots=True)
class Turning:
    """What a wish comes to in a room as it is."""

    before: Rules
    after: Rules
    changes: tuple[Change, ...]
    fields: Mapping[str, str]
    """Of the ``rules`` hash, as they are to be stored."""

    @classmethod
    def of(cls, room: RoomSettings, before: Rules, fields: Mapping[str, str]) -> Turning:
        """What storing these fields changes. ``room`` is as the file has it."""
        stored = before.to_redis() | dict(fields)
        after = Rules.from_redis({name.encode(): value.encode() for name, value in stored.items()})
        after = replace(after, revision=before.revision)
        was, will = values_of(room, before), values_of(room, after)
        changes = tuple(Change(name, was[name], will[name]) for name in was if was[name] != will[name])
        return cls(before, after, changes, fields)


@dataclass(frozen=True, slots=True)
class Turned:
    """What was done. ``head`` is None where nothing was new."""

    changes: tuple[Change, ...]
    head: Head | None


Wish = Callable[[Rules], Mapping[str, object]]
"""What is wanted of a room with these rules: values by the names of :data:`~waitroom.live.settings.CHANGEABLE`."""


def work_out(room: RoomSettings, rules: Rules, wish: Wish) -> Turning:
    """What a wish comes to. Raises :class:`~waitroom.errors.SettingsError`."""
    return Turning.of(room, rules, fields_for(room, rules, wish(rules)))


async def turn(
    line: LineStore,
    room: RoomSettings,
    wish: Wish,
    author: Author,
    *,
    seen: Collection[int] | None = None,
    allow: Callable[[Turning], None] = lambda _: None,
) -> Turned:
    """Makes a wish come true. ``room`` is as the file has it.

    With ``seen``, the revisions of the rules which the author knows, nothing is done where there is another; without
    it, the wish is worked out anew until nobody comes between. ``allow`` may raise to forbid what the wish comes to.

    Raises :class:`~waitroom.errors.SettingsError`, :class:`~waitroom.errors.OvertakenError`,
    :class:`~waitroom.errors.LineUnavailableError`.
    """
    for _ in range(_TRIES):
        rules = await line.rules()
        is_new = rules.revision == 0
        if is_new:
            rules = rules_of(room)
        must_match(rules, seen)
        turning = work_out(room, rules, wish)
        allow(turning)
        if is_new:
            # no gateway has brought them yet: a change is one of what the file says
            await line.configure(rules_of(room).for_file(), source="file", who=FILE)
            continue
        if not turning.changes:
            return Turned((), None)
        try:
            head = await line.configure(
                turning.fields, source="live", who=author.who, why=author.why, revision=rules.revision
            )
        except OvertakenError:
            continue
        return Turned(turning.changes, head)
    raise LineUnavailableError("the settings change all the time")


def must_match(rules: Rules, seen: Collection[int] | None) -> None:
    """Raises :class:`~waitroom.errors.OvertakenError` where the rules are not among those that were seen; None: any."""
    if seen is not None and rules.revision not in seen:
        raise OvertakenError("the settings were changed meanwhile")


def one_line(text: str) -> str:
    """A text without line ends, control characters and signs that turn the direction of writing."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def setting(wanted: Mapping[str, object]) -> Wish:
    """Wants these values, whatever there is."""
    return lambda _: wanted


def pausing(_: Rules) -> Mapping[str, object]:
    """Wants nobody new to enter; the mode is remembered."""
    return {"mode": Mode.PAUSE.value}


def resuming(rules: Rules) -> Mapping[str, object]:
    """Wants the mode before the pause; nothing where there is no pause."""
    return {"mode": rules.resumes or Mode.AUTO.value} if rules.mode is Mode.PAUSE else {}
