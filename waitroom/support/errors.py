"""What goes wrong at the support desk: nothing was changed then, and the text says why."""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.errors import WaitroomError
from waitroom.line.desk import Fate, Help
from waitroom.support.place import Located


class NoPlaceError(WaitroomError):
    """No place has that code: not where it was looked for. ``elsewhere`` are places that have it, ``near`` those whose
    codes are one slip away."""

    def __init__(self, message: str, elsewhere: Sequence[Located] = (), near: Sequence[Located] = ()) -> None:
        super().__init__(message)
        self.elsewhere = tuple(elsewhere)
        self.near = tuple(near)


class AmbiguousCodeError(WaitroomError):
    """Several places may be meant: ``places``."""

    def __init__(self, message: str, places: Sequence[Located]) -> None:
        super().__init__(message)
        self.places = tuple(places)


class HelpRefusedError(WaitroomError):
    """It makes no sense, and nothing was changed. ``why`` is how the place stands, or what is in the way."""

    def __init__(self, message: str, why: Help | Fate | None) -> None:
        super().__init__(message)
        self.why = why
