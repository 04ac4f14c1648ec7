"""What a log line says of a visitor's address: nothing, its network, or a keyed hash of one day."""

from __future__ import annotations

import time
from collections.abc import Callable

from waitroom.settings.privacy import LoggedAddress
from waitroom.shaping.addresses import Hasher, network_text, whence

_PURPOSE = "logs"


class LoggedAddresses:
    """Writes addresses as the settings say. ``secret`` keys the hashes; ``clock`` is in seconds since 1970."""

    def __init__(
        self, how: LoggedAddress = LoggedAddress.OFF, secret: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        self._how = how
        self._hash = Hasher(secret, _PURPOSE)
        self._clock = clock

    def __repr__(self) -> str:
        return f"<LoggedAddresses {self._how}>"

    def of(self, address: str) -> str:
        """What stands behind the request: empty, `` from 192.0.2.0/24``, or `` from #…``."""
        if self._how is LoggedAddress.OFF or (place := whence(address)) is None:
            return ""
        if self._how is LoggedAddress.NETWORK:
            return f" from {network_text(address)}"
        return f" from #{self._hash(place.address, round(self._clock() * 1000))}"


NO_ADDRESSES = LoggedAddresses()
"""Says nothing of any."""
