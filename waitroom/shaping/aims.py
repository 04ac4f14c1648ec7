"""What ops staff want of adaptive admission: the bounds, and what the shop may look like."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import inf


@dataclass(frozen=True, slots=True)
class Aims:
    """The bounds within which adaptive admission moves, and the signs by which it judges the shop."""

    least: float = 6.0
    """Admissions a minute, however bad it looks."""
    most: float = inf
    """Admissions a minute, however good."""
    latency: float = 0.0
    """Seconds within which nine of ten answers should begin; 0: found out from the shop when it is not busy."""
    errors: float = 0.01
    """The share of answers that may be errors."""

    def bounded(self, rate: float) -> Aims:
        """These aims where ops staff admit ``rate`` a minute at the most."""
        most = min(self.most, rate)
        return Aims(min(self.least, most), most, self.latency, self.errors)

    def to_text(self, *, on: bool = True) -> str:
        """As the live settings keep it: ``on:1 least:6 most:inf latency:0 errors:0.01``."""
        pairs = (f"{field.name}:{getattr(self, field.name):g}" for field in fields(self))
        return " ".join([f"on:{int(on)}", *pairs])

    @classmethod
    def from_text(cls, text: str) -> tuple[bool, Aims]:
        """Whether adaptive admission is on, and the aims in such a text; an empty one says that it is off.

        Words that this version does not know are passed over, and one that is missing has its default.
        """
        told = {name: float(value) for name, _, value in (word.partition(":") for word in text.split())}
        known = {field.name for field in fields(cls)}
        return bool(told.get("on", 0)), cls(**{name: value for name, value in told.items() if name in known})
