"""Messages are brought in order, tried again with the clock that is handed in, and hold up no other channel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import pytest

from admin.alerts.channels import WebhookChannel
from admin.alerts.courier import Courier
from admin.alerts.ledger import Ledger
from admin.alerts.outbox import Outbox
from admin.alerts.retries import Fate
from admin.store import Store
from tests.admin.alerts.conftest import Make, an_event
from tests.admin.alerts.receiver import Receiver, Say, receiving
from waitroom.settings import NotifySettings

pytestmark = pytest.mark.anyio

DAY = 86_400.0


class Bench:
    """A courier of one channel, with a clock of its own that starts at 1000."""

    def __init__(self, store: Store, stack: AsyncExitStack) -> None:
        self.store = store
        self.now = 1000.0
        self._stack = stack

    async def courier(self, settings: NotifySettings) -> Courier:
        """A courier, as a console has it that was just started."""
        outbox = Outbox(self.store)
        await outbox.open({settings.name: "address"})
        channel = WebhookChannel(settings)
        self._stack.push_async_callback(channel.close)
        return Courier(channel, outbox, source="urn:waitroom:1", clock=lambda: self.now, chance=lambda: 0.0)

    async def put(self, *numbers: int, channel: str = "ops") -> None:
        """Puts events in."""
        await Outbox(self.store).put([(an_event(number), [channel]) for number in numbers], self.now)

    async def again(self, courier: Courier) -> float | None:
        """Lets the time pass until the courier wants to come again, and lets it."""
        wait = await courier.step()
        if wait is not None:
            self.now += wait
        return wait


@pytest.fixture
async def bench(store: Store) -> AsyncIterator[Bench]:
    """A bench."""
    async with AsyncExitStack() as stack:
        yield Bench(store, stack)


def ids(receiver: Receiver) -> list[int]:
    """The numbers of the events that came."""
    return [int(json.loads(got.body)["id"].split(":")[1].split("-")[1]) for got in receiver.got]


async def test_they_come_in_order_through_trouble(
    bench: Bench, receiver: Receiver, to_receiver: Make
) -> None:
    """What failed is tried again before what comes after it."""
    courier = await bench.courier(to_receiver())
    await bench.put(1, 2, 3)
    receiver.script = [Say(204), Say(500), Say(503), Say(204)]
    waits = [await bench.again(courier) for _ in range(6)]
    assert [0.0, 2.0, 4.0, 0.0, 0.0, None] == waits
    assert [1, 2, 2, 2, 3] == ids(receiver)
    assert ["drop:1700000000123-2:rate_changed"] * 3 == [
        got.headers["webhook-id"] for got in receiver.got[1:4]
    ]


async def test_before_it_is_due_nothing_is_sent(bench: Bench, receiver: Receiver, to_receiver: Make) -> None:
    """However often the courier is woken."""
    courier = await bench.courier(to_receiver())
    await bench.put(1)
    receiver.always = Say(429, {"retry-after": "60"})
    assert 60 == await courier.step()
    bench.now += 59
    assert 1 == await courier.step()
    bench.now += 1
    assert 60 == await courier.step()
    assert 2 == len(receiver.got)


async def test_a_restart_in_mid_back_off_changes_nothing(
    bench: Bench, receiver: Receiver, to_receiver: Make
) -> None:
    """The tries go on where they were, at the time that was set, and the last try is when the time is over."""
    receiver.always = Say(500, body="no")
    courier = await bench.courier(to_receiver(retry_for="30s"))
    await bench.put(1)
    assert [2, 4, 8] == [await bench.again(courier) for _ in range(3)]
    bench.now -= 3  # the console is back before the next is due
    bench.store.close()
    bench.store = Store(bench.store.path.parent)
    again = await bench.courier(to_receiver(retry_for="30s"))
    assert 3 == await bench.again(again)
    assert 16 == await bench.again(again)
    assert 0 == await bench.again(again)
    assert 1030 == bench.now
    assert await again.step() is None
    assert 5 == len(receiver.got)
    (kept,) = await Ledger(bench.store).recent(most=5)
    assert (Fate.GIVEN_UP, 5, "500 Internal Server Error: no") == (kept.fate, kept.tries, kept.note)
    bench.store.close()


async def test_a_wrong_one_does_not_hold_up_the_others(
    bench: Bench, receiver: Receiver, to_receiver: Make
) -> None:
    """After three tries it is given up, and the next is brought."""
    courier = await bench.courier(to_receiver())
    await bench.put(1, 2)
    receiver.script = [Say(422, body="no such field")] * 3
    while await bench.again(courier) is not None:
        pass
    assert [1, 1, 1, 2] == ids(receiver)


async def test_a_receiver_that_is_gone_hears_no_more(
    bench: Bench, receiver: Receiver, to_receiver: Make
) -> None:
    """Until a test arrives."""
    courier = await bench.courier(to_receiver())
    await bench.put(1, 2, 3)
    receiver.script = [Say(410)]
    assert 0 == await courier.step()
    await bench.put(4)
    assert await courier.step() is None
    assert [1] == ids(receiver)
    tested = await courier.test(an_event(99))
    assert Fate.DELIVERED == tested.fate
    await bench.put(5)
    await courier.step()
    assert [1, 99, 5] == ids(receiver)


async def test_a_test_goes_past_those_that_wait(bench: Bench, receiver: Receiver, to_receiver: Make) -> None:
    """And says what came of it; it is not tried again."""
    courier = await bench.courier(to_receiver())
    await bench.put(1)
    receiver.script = [Say(500, body="no"), Say(403, body="who are you?")]
    await courier.step()
    tested = await courier.test(an_event(99))
    assert (Fate.GIVEN_UP, "403 Forbidden: who are you?", 1) == (tested.fate, tested.note, tested.tries)
    assert [1, 99] == ids(receiver)
    head = await Outbox(bench.store).first("ops")
    assert an_event(1).id == (head and head.event.id)


async def test_a_clock_that_is_set_back_does_not_send_early(
    bench: Bench, receiver: Receiver, to_receiver: Make
) -> None:
    """It comes when it was due; the courier looks once a minute meanwhile."""
    courier = await bench.courier(to_receiver())
    await bench.put(1)
    bench.now -= 100
    assert 100 == await courier.step()


async def test_a_thousand_wait_and_arrive(bench: Bench, receiver: Receiver, to_receiver: Make) -> None:
    """Each once, in order, with what comes in meanwhile."""
    courier = await bench.courier(to_receiver())
    await bench.put(*range(1000))
    running = asyncio.create_task(courier.run())
    await receiver.count(500)
    await bench.put(1000)
    await receiver.count(1001)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert list(range(1001)) == ids(receiver)


async def test_a_dead_channel_delays_no_other(bench: Bench, to_receiver: Make, receiver: Receiver) -> None:
    """One hangs, the other is served; and neither needs more than its own courier."""
    async with receiving() as dead:
        dead.always = Say(hang=True)
        couriers = [
            await bench.courier(to_receiver(name="dead", url=dead.url, timeout="1m")),
            await bench.courier(to_receiver(name="ops")),
        ]
        outbox = Outbox(bench.store)
        await outbox.open({"dead": "a", "ops": "b"})
        running = [asyncio.create_task(courier.run()) for courier in couriers]
        await outbox.put([(an_event(n), ["dead", "ops"]) for n in range(20)], bench.now)
        for courier in couriers:
            courier.wake()
        await receiver.count(20)
        await dead.count(1)
        assert 1 == len(dead.got)
        assert 20 == (await Ledger(bench.store).channels())["dead"].waiting
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def test_a_message_is_kept_when_the_console_ends_in_mid_try(
    bench: Bench, receiver: Receiver, to_receiver: Make
) -> None:
    """At least once: it is sent again."""
    courier = await bench.courier(to_receiver(timeout="1m"))
    await bench.put(1)
    receiver.script = [Say(hang=True)]
    running = asyncio.create_task(courier.run())
    await receiver.count(1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    again = await bench.courier(to_receiver())
    assert 0 == await again.step()
    assert [1, 1] == ids(receiver)
