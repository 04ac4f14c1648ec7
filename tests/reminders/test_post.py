"""The post: tries again, gives up, and holds nothing up."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter

import pytest

from tests.contract.harness import eventually
from waitroom.reminders.channels import Channel
from waitroom.reminders.kept import Stage
from waitroom.reminders.post import AT_ONCE, MOST_WAITING, Message, Post, Try, filled
from waitroom.reminders.reminder import Contact, Place

pytestmark = pytest.mark.anyio


class Service:
    """A service that takes messages, fails, or hangs."""

    def __init__(self, *answers: bool) -> None:
        self.answers = list(answers)
        self.got: list[str] = []
        self.lets_go = threading.Event()
        self.hangs = False

    def __call__(self, address: str, title: str, text: str) -> bool:
        """Takes a message, or does not."""
        self.got.append(address)
        if self.hangs:
            self.lets_go.wait(30)
        if not self.answers:
            raise ConnectionError(f"no server for {address}")
        return self.answers.pop(0)


def message(number: int, *, lasts: float = 60) -> Message:
    """A mail to somebody."""
    contact = Contact(Channel.MAIL, f"a{number}@example.com", "en")
    return Message(
        Place(1, "general", number), Stage.COME, contact, "Title", "Text", time.monotonic() + lasts
    )


class Office:
    """A post that runs, and what it has counted."""

    def __init__(self, service: Try) -> None:
        self.counted: Counter[str] = Counter()
        self.post = Post({Channel.MAIL: service}, self._count, pauses=(0.05, 0.05))
        self.task = asyncio.create_task(self.post.run())

    def _count(self, stage: Stage, outcome: str) -> None:
        self.counted[outcome] += 1

    async def counts(self, **counts: int) -> None:
        """Waits until it has counted this."""

        async def so() -> bool:
            return dict(self.counted) == counts

        await eventually(so)

    async def close(self) -> None:
        """Ends it."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def test_what_fails_is_tried_again() -> None:
    """After a pause."""
    service = Service(False, True)
    office = Office(service)
    office.post.add(message(1))
    await office.counts(failed=1, sent=1)
    assert 2 * ["a1@example.com"] == service.got
    await office.close()


async def test_what_fails_always_is_given_up_and_named_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """However it fails; who reads the log learns of the channel alone."""
    office = Office(Service())
    office.post.add(message(1))
    await office.counts(failed=3, given_up=1)
    assert "mail could not be delivered" in caplog.text
    assert "example.com" not in caplog.text
    assert "example.com" not in repr(message(1)) + repr(office.post)
    await office.close()


async def test_what_comes_too_late_is_not_sent() -> None:
    """A turn that is over is told to nobody."""
    service = Service(True)
    office = Office(service)
    office.post.add(message(1, lasts=-1))
    await office.counts(given_up=1)
    assert [] == service.got
    await office.close()


async def test_a_service_that_hangs_holds_up_nothing_and_no_more_is_taken() -> None:
    """It has a few threads; the rest waits, and when there is too much, nothing more is taken out of Redis."""
    service = Service(*[True] * 100)
    service.hangs = True
    office = Office(service)
    for number in range(AT_ONCE + MOST_WAITING):
        assert office.post.has_room or number >= MOST_WAITING
        office.post.add(message(number))
        await asyncio.sleep(0)
    assert not office.post.has_room
    begun = time.monotonic()
    await asyncio.sleep(0.05)
    assert time.monotonic() - begun < 5
    assert AT_ONCE == len(service.got)
    left = office.post.drain()
    assert MOST_WAITING == len(left)
    service.lets_go.set()
    await office.counts(sent=AT_ONCE)
    await office.close()


async def test_what_waits_for_another_try_is_not_lost_at_the_end() -> None:
    """It is put back with the rest."""
    service = Service(False)
    office = Office(service)
    office.post = Post({Channel.MAIL: service}, office._count, pauses=(60,))
    await office.close()
    task = asyncio.create_task(office.post.run())
    office.post.add(message(7))
    await office.counts(failed=1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [7] == [each.place.number for each in office.post.drain()]


def test_an_address_is_one_part_of_a_template_whatever_is_in_it() -> None:
    """Nothing in it ends the part that it stands in."""
    assert "x://h/a%2Fb%3Fc%26d%40e%2Cf?to=a%2Fb%3Fc%26d%40e%2Cf" == filled(
        "x://h/{to}?to={to}", "a/b?c&d@e,f"
    )
