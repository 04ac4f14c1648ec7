"""The public document of the line, looked at now and then while a scenario runs."""

from __future__ import annotations

import json
import logging
import ssl
import urllib.request
from dataclasses import dataclass, field

import gevent

_log = logging.getLogger("loadtests")
LOOK_SECONDS = 3.0
_OPEN_MODES = ("auto", "queue")


@dataclass(slots=True)
class LineWatch:
    """What the room's rate was, and which numbers were drawn."""

    rates: list[float] = field(default_factory=list)
    drawn: list[tuple[str, int, int]] = field(default_factory=list)
    _warned: bool = False

    @property
    def rate(self) -> float | None:
        """The highest rate of the run, a minute; None: not known."""
        return max(self.rates, default=None)

    def look(self, host: str, room: str) -> None:
        """Asks once. What cannot be read is told once, and leaves things as they are."""
        url = f"{host.rstrip('/')}/__waitroom/{room}/line"
        try:
            with urllib.request.urlopen(url, timeout=10, context=_UNCHECKED) as answer:
                document = json.load(answer)
            if document["mode"] in _OPEN_MODES:
                self.rates.append(float(document["rate"]))
            lanes = document["lanes"].items()
            self.drawn = [(name, *lane["drawn"]) for name, lane in lanes if lane.get("drawn")]
        except (OSError, ValueError, KeyError, TypeError) as error:
            if not self._warned:
                _log.warning("%s cannot be read, so admissions are not held against the rate: %s", url, error)
                self._warned = True

    def forget(self) -> None:
        """Begins anew."""
        self.rates.clear()
        self.drawn = []

    @staticmethod
    def pause() -> None:
        """Until the next look."""
        gevent.sleep(LOOK_SECONDS)


# as Locust's own fast client does: shops under test often have certificates of their own
_UNCHECKED = ssl.create_default_context()
_UNCHECKED.check_hostname = False
_UNCHECKED.verify_mode = ssl.CERT_NONE
