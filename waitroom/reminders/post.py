"""Sends messages by the Apprise library, which blocks: in threads of its own, few at a time, again where it fails."""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from waitroom.complaints import Complaints
from waitroom.reminders.channels import Channel
from waitroom.reminders.kept import Stage
from waitroom.reminders.reminder import Contact, Place
from waitroom.tasks import run_together

AT_ONCE = 4
"""Threads of a channel."""
MOST_WAITING = 50
"""Messages of a channel that this worker holds; all others stay sealed in Redis until there is room."""
PAUSES_SECONDS = (2.0, 8.0, 30.0)
"""Between the tries of a message; then it is given up."""
SLOT = "{to}"
"""What the address is put for in a channel's template."""

logger = logging.getLogger("waitroom.reminders")

Try = Callable[[str, str, str], bool]
"""Sends one message to an address: title, text. Blocks. Whether it was taken."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message on its way. ``until`` is when it is worth nothing any more, by the monotonic clock."""

    place: Place
    stage: Stage
    contact: Contact
    title: str
    text: str
    until: float


class Post:
    """The channels of one room, and what is under way. ``count`` is told what becomes of each message."""

    def __init__(
        self,
        tries: Mapping[Channel, Try],
        count: Callable[[Stage, str], None],
        *,
        pauses: tuple[float, ...] = PAUSES_SECONDS,
    ) -> None:
        self._tries = tries
        self._count = count
        self._pauses = pauses
        self._waiting: dict[Channel, list[Message]] = {channel: [] for channel in tries}
        self._news = {channel: asyncio.Event() for channel in tries}
        self._complaints = Complaints(logger, every_seconds=60)

    def __repr__(self) -> str:
        waiting = {channel.value: len(messages) for channel, messages in self._waiting.items()}
        return f"<Post {waiting}>"

    @property
    def has_room(self) -> bool:
        """Whether there is room for another message, whichever channel it is for."""
        return all(len(messages) < MOST_WAITING for messages in self._waiting.values())

    def add(self, message: Message) -> None:
        """Sends a message as soon as its channel is free. One for a channel that is gone is dropped."""
        channel = message.contact.channel
        if channel in self._waiting:
            self._waiting[channel].append(message)
            self._news[channel].set()

    def drain(self) -> list[Message]:
        """Everything that no try has been begun for, and is no longer held here."""
        left = [message for messages in self._waiting.values() for message in messages]
        for messages in self._waiting.values():
            messages.clear()
        return left

    async def run(self) -> None:
        """Sends until it is cancelled."""
        await run_together(*(self._serve(channel) for channel in self._tries for _ in range(AT_ONCE)))

    async def _serve(self, channel: Channel) -> None:
        messages, news = self._waiting[channel], self._news[channel]
        while True:
            while not messages:
                news.clear()
                await news.wait()
            await self._deliver(messages.pop(0))

    async def _deliver(self, message: Message) -> None:
        contact = message.contact
        send = partial(self._tries[contact.channel], contact.address, message.title, message.text)
        for pause in (*self._pauses, None):
            if time.monotonic() > message.until:
                break
            if await _in_a_thread(send, f"told-{contact.channel}"):
                self._count(message.stage, "sent")
                return
            self._count(message.stage, "failed")
            if pause is not None:
                await self._rest(message, pause * random.uniform(0.8, 1.2))  # noqa: S311 - no secret, a spread
        self._count(message.stage, "given_up")
        # neither the address nor what the server said, which often holds it
        self._complaints.warn(contact.channel, "a message by %s could not be delivered", contact.channel)

    async def _rest(self, message: Message, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self._waiting[message.contact.channel].append(message)  # for who drains it
            raise


async def _in_a_thread(send: Callable[[], bool], name: str) -> bool:
    """Runs it in a thread that holds up no end of the process, as those of an executor would."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()

    def settle(result: bool) -> None:  # noqa: FBT001 - a callback
        if not done.done():
            done.set_result(result)

    def run() -> None:
        try:
            result = send()
        except Exception:
            # an error's text may hold the address
            result = False
        with suppress(RuntimeError):  # the gateway has ended meanwhile
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await done


def filled(template: str, address: str) -> str:
    """A channel's address for one receiver."""
    return template.replace(SLOT, quote(address, safe=""))
