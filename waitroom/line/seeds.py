"""The seeds of the draws: derived from the site's secrets, so that nothing of them is kept before an opening."""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.line.draw import commitment, seed_of
from waitroom.line.memory import SaleEvent


class Seeds:
    """The seeds that these secrets give, newest first."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    def __repr__(self) -> str:
        return f"<Seeds of {len(self._secrets)} secrets>"

    def commit(self, room: str, event: str) -> str:
        """What is published before the opening."""
        return commitment(seed_of(self._secrets[0], room, event))

    def find(self, room: str, event: SaleEvent) -> tuple[bytes, bool]:
        """The seed that was committed to, and True.

        Where none of the secrets gives it any more, the newest one's, and False: the door opens all the same, and
        the record says that the promise was not kept.
        """
        seeds = [seed_of(secret, room, event.name) for secret in self._secrets]
        for seed in seeds:
            if commitment(seed) == event.commitment:
                return seed, True
        return seeds[0], False
