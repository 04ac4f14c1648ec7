"""A message to those who wait: one text, and the same in other languages. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from waitroom.messages.languages import Wanted, best


class Said(NamedTuple):
    """A text as one visitor gets it. ``language`` is its tag; empty: nobody has said."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Message:
    """A text in the shop's own ``language``, for everyone who reads none of the ``translations``, which are by tag."""

    text: str = ""
    language: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)

    def to(self, wanted: Wanted) -> Said:
        """What somebody gets who wants these languages."""
        if self.translations:
            chosen = best((self.language, *self.translations), wanted)
            if chosen is not None and chosen in self.translations:
                return Said(self.translations[chosen], chosen)
        return Said(self.text, self.language)

    def texts(self) -> dict[str, str]:
        """All texts by their tags; the shop's own is under an empty one where nobody has said its language."""
        return {self.language: self.text, **self.translations} if self.text else {}

    def to_json(self) -> str:
        """As it is kept: see :meth:`from_json`. Empty where nothing is said."""
        if not self.text:
            return ""
        kept = {"text": self.text, "language": self.language, "texts": dict(self.translations)}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Message:
        """The message that was kept."""
        if not text:
            return SILENCE
        kept = json.loads(text)
        return cls(kept["text"], kept["language"], kept["texts"])


SILENCE = Message()
"""Nothing is said."""
