"""A receiver, a file, and channels to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from admin.alerts.events import Event
from admin.store import Store
from tests.admin.alerts.receiver import Receiver, receiving
from waitroom.settings import NotifySettings

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
Make = Callable[..., NotifySettings]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that takes everything, unless it is told otherwise."""
    async with receiving() as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The console's file."""
    made = Store(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def to_receiver(receiver: Receiver) -> Make:
    """Makes settings of a webhook that leads to the receiver."""

    def make(**settings: object) -> NotifySettings:
        return NotifySettings.model_validate(
            {"name": "ops", "url": receiver.url, "secret": SECRET, "timeout": "20s", **settings}
        )

    return make


def an_event(number: int = 1, **changes: object) -> Event:
    """An event."""
    given: dict[str, object] = {
        "id": f"drop:1700000000123-{number}:rate_changed",
        "type": "room.rate_changed",
        "at": 1_700_000_000.123,
        "title": "drop: the rate is 200",
        "text": "drop: changed: rate 100 -> 200, by ada: too slow",
        "room": "drop",
        "data": {
            "room": "drop",
            "who": "ada",
            "why": 'too "slow"\n',
            "changes": {"rate": {"before": "100", "after": "200"}},
        },
        **changes,
    }
    return Event(**given)  # type: ignore[arg-type]
