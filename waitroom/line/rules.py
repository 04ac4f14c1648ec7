"""The live settings of a room: what ops staff change while the sale runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import lru_cache
from typing import Any

from waitroom.errors import UnreadableRulesError
from waitroom.line.guard import Guard
from waitroom.messages.message import SILENCE, Message
from waitroom.shaping.aims import Aims


class Mode(StrEnum):
    """How a room treats newcomers. Those inside stay inside in every mode."""

    AUTO = "auto"
    """Holds only when there is more demand than rate and capacity allow."""
    QUEUE = "queue"
    """Holds every newcomer and admits at the rate."""
    PASS = "pass"  # noqa: S105
    """Lets everyone through."""
    PAUSE = "pause"
    """Admits nobody new; newcomers get a place in line."""
    CLOSED = "closed"
    """Answers newcomers with the closed page."""


class SoldOut(StrEnum):
    """Whether there is anything left to buy. Those inside go on shopping whatever it is."""

    NO = "no"
    """There is."""
    YES = "yes"
    """There is not: newcomers get no place, and the line stands still, with every place in it kept."""
    RETURNS = "returns"
    """There may be again, as where baskets are still open: the line goes on for those who want to wait for that."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides who enters when. Durations are in milliseconds, as the scripts use them."""

    rate: float = 300.0
    """Admissions a minute."""
    capacity: int = 0
    """Visitors inside at once; 0: no cap."""
    mode: Mode = Mode.AUTO
    session_ms: int = 600_000
    """A visit ends this long after its last request."""
    keep_ms: int = 600_000
    """A called but absent visitor may still enter for this long."""
    presence_ms: int = 60_000
    """A ticket holder is absent when not seen for this long."""
    burst_ms: int = 5_000
    """The rate's allowance that an idle room saves up."""
    entry_ms: int = 60_000
    """A granted place that is not taken for this long gives its capacity back."""
    message: str = ""
    """Shown to those waiting."""
    translations: str = ""
    """The same with other languages, as :meth:`~waitroom.messages.message.Message.to_json` writes it. Of another text
    than ``message``, it counts for nothing: whoever sets that alone has said it anew."""
    notice: str = ""
    """A message that is shown in place of it for a set time, as ``translations``. Set by the schedule alone."""
    weights: str = ""
    """What each lane is given of the admissions, as ``general:1 members:3``; 1 for a lane that is not named."""
    adaptive: str = ""
    """Bounds and aims of adaptive admission, as :class:`~waitroom.shaping.aims.Aims` writes them; empty: it is off."""
    limit_rate: float = -1.0
    """Admissions a minute that the shop can carry now, as measured; below 0: not known. Never set by the file."""
    limit_shared: float = -1.0
    """Admissions a minute that are this room's part of what several rooms share; below 0: they share nothing. Never
    set by the file."""
    limit_inside: int = 0
    """Visitors inside whom the shop can carry now, as measured; 0: not known. Never set by the file."""
    sold_out: SoldOut = SoldOut.NO
    guard: Guard = field(default_factory=Guard)
    """What stands against abuse."""
    revision: int = 0
    """Another one each time that somebody, or the schedule, has set anything: when that was, in milliseconds since
    1970. What is measured (``limit_…``) leaves it. Kept by the scripts."""
    resumes: str = ""
    """While the mode is ``pause``: the one before it; empty: it is not, or there was none. Kept by the scripts."""

    @property
    def admission_rate(self) -> float:
        """Admissions a minute: what ops staff set, or less where the shop needs it."""
        return min(limit for limit in (self.rate, self.limit_rate, self.limit_shared) if limit >= 0)

    @property
    def places(self) -> int:
        """Visitors inside at once, likewise; 0: no cap."""
        caps = [cap for cap in (self.capacity, self.limit_inside) if cap]
        return min(caps, default=0)

    @property
    def is_halted(self) -> bool:
        """Whether everyone in line stands still, and keeps the place."""
        return self.mode is not Mode.PASS and (self.mode is Mode.PAUSE or self.sold_out is SoldOut.YES)

    @property
    def said(self) -> Message:
        """What those waiting are told now."""
        if not self.translations and not self.notice:
            return _plain(self.message)
        return _said(self.message, self.translations, self.notice)

    @property
    def standing_message(self) -> Message:
        """What they are told while no other message has its time."""
        return _said(self.message, self.translations, "")

    def weight_of(self, lane: str) -> float:
        """What a lane is given, next to the others."""
        return lane_weights(self.weights).get(lane, 1.0)

    def to_redis(self) -> dict[str, str]:
        """Field and value as the ``rules`` hash keeps them, but for those that the scripts keep."""
        return {
            field.name: _as_text(getattr(self, field.name))
            for field in fields(self)
            if field.name not in KEPT_BY_SCRIPTS
        }

    def for_file(self) -> dict[str, str]:
        """The fields that a configuration file sets."""
        return {name: value for name, value in self.to_redis().items() if name not in _NEVER_OF_FILE}

    @classmethod
    def from_redis(cls, stored: Mapping[bytes, bytes]) -> Rules:
        """The rules in a ``rules`` hash; a field that is missing has its default. Raises
        :class:`~waitroom.errors.UnreadableRulesError` for one that no gateway would have written."""
        known = {field.name for field in fields(cls)}
        text = {key.decode(): value for key, value in stored.items()}
        return cls(**{name: _read(name, value) for name, value in text.items() if name in known})


@lru_cache(256)
def lane_weights(text: str) -> dict[str, float]:
    """What a text like ``general:1 members:3`` gives each lane."""
    pairs = (pair.partition(":") for pair in text.split())
    return {name: float(weight) for name, _, weight in pairs}


KEPT_BY_SCRIPTS = frozenset({"revision", "resumes"})
"""Fields that nobody sets: they follow from what is set."""
_KINDS: Mapping[str, Callable[[str], Any]] = {
    "rate": float,
    "limit_rate": float,
    "limit_shared": float,
    "mode": Mode,
    "sold_out": SoldOut,
    "message": str,
    "resumes": str,
    "translations": str,
    "notice": str,
    "weights": str,
    "adaptive": str,
    "guard": Guard.from_text,
}
"""What the fields that are no whole numbers are read as."""


_MOST = 1e15
"""What no setting reaches: as in ``scripts/lib/state.lua``."""


_WRITTEN: Mapping[str, Callable[[str], object]] = {
    "weights": lane_weights,
    "adaptive": Aims.from_text,
    "translations": Message.from_json,
    "notice": Message.from_json,
}
"""What reads those texts that are not for people."""


def _read(name: str, stored: bytes) -> Any:
    try:
        value = _KINDS.get(name, int)(stored.decode())
        if name in _WRITTEN and value:
            _WRITTEN[name](value)
    except (ValueError, KeyError, TypeError):
        raise UnreadableRulesError(name, stored) from None
    if isinstance(value, int | float):
        least = -1 if name.startswith("limit_") else 1 if name.endswith("_ms") and name != "burst_ms" else 0
        if not least <= value < _MOST:
            raise UnreadableRulesError(name, stored)
    return value


_NEVER_OF_FILE = frozenset({"limit_rate", "limit_shared", "limit_inside", "translations", "notice"})
_plain = lru_cache(256)(Message)


@lru_cache(256)
def _said(message: str, translations: str, notice: str) -> Message:
    if notice:
        return Message.from_json(notice)
    translated = Message.from_json(translations) if translations else SILENCE
    return translated if translated.text == message else Message(message)


def _as_text(value: float | str | Guard) -> str:
    if isinstance(value, Guard):
        return value.to_text()
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
