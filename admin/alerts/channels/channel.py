"""What all channels can do."""

from __future__ import annotations

from typing import Protocol

from admin.alerts.events import Event
from admin.alerts.retries import Outcome
from waitroom.settings import NotifySettings


class Channel(Protocol):
    """One way out."""

    settings: NotifySettings

    @property
    def address(self) -> str:
        """Where it leads, as far as it is no secret."""

    @property
    def fault(self) -> str:
        """Why it can never work as it is set, in words; empty where nothing is known to be wrong."""

    async def send(self, event: Event, source: str) -> Outcome:
        """Tries once, for at most the ``timeout`` of the settings. ``source`` is the CloudEvents attribute. Never
        raises an error of the network or of the receiver's."""

    async def close(self) -> None:
        """Ends what is open."""
