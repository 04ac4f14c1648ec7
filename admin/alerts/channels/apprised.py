"""Everything that the Apprise library speaks: mail, chat, text messages and more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import apprise

from admin.alerts.channels.envelope import titled
from admin.alerts.channels.redaction import Redaction
from admin.alerts.events import Event
from admin.alerts.retries import Outcome, Result
from waitroom.reminders.apprised import asset
from waitroom.settings import NotifySettings, Severity

_KINDS = {
    Severity.INFO: apprise.NotifyType.INFO,
    Severity.WARNING: apprise.NotifyType.WARNING,
    Severity.CRITICAL: apprise.NotifyType.FAILURE,
}


class AppriseChannel:
    """One address of Apprise's. The library blocks: each try has a thread of its own, which is left to itself when its
    time is over; no other is begun before it has ended."""

    def __init__(self, settings: NotifySettings) -> None:
        assert settings.url is not None, "the files of the settings have been read"
        self.settings = settings
        url = settings.url.get_secret_value()
        self._schema = url.partition("://")[0].lower()
        self._redaction = Redaction.of(settings)
        self._is_busy = False
        of_all = asset()
        plugin = apprise.Apprise.instantiate(url, asset=of_all)
        self._service = apprise.Apprise(asset=of_all)
        self.fault = ""
        if plugin is None:
            self.fault = f"Apprise cannot use this {self._schema}:// address"
        else:
            self._service.add(plugin)

    def __repr__(self) -> str:
        return f"<AppriseChannel {self.settings.name} to {self.address}>"

    @property
    def address(self) -> str:
        """The scheme: all behind it may be secret."""
        return f"{self._schema}://…"

    async def send(self, event: Event, source: str) -> Outcome:
        """See :class:`~admin.alerts.channels.channel.Channel`."""
        if self.fault:
            return Outcome(Result.FAILED, self.fault)
        if self._is_busy:
            return Outcome(Result.FAILED, "the try before this one has not ended yet")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Outcome] = loop.create_future()

        def settle(outcome: Outcome) -> None:
            self._is_busy = False
            if not answer.done():
                answer.set_result(outcome)

        send = partial(self._send, event, titled(event, source))
        self._is_busy = True
        threading.Thread(
            target=_run, args=(send, settle, loop), name=f"notify-{self.settings.name}", daemon=True
        ).start()
        try:
            async with asyncio.timeout(self.settings.timeout):
                return await answer
        except TimeoutError:
            return Outcome(Result.FAILED, f"not delivered within {self.settings.timeout:g} seconds")

    async def close(self) -> None:
        """See :class:`~admin.alerts.channels.channel.Channel`."""

    def _send(self, event: Event, title: str) -> Outcome:
        is_over = event.type == "alert.resolved"
        result = self._service.notify(
            event.text,
            title=title,
            notify_type=apprise.NotifyType.SUCCESS if is_over else _KINDS[event.severity],
            body_format=apprise.NotifyFormat.TEXT,
        )
        if result:
            return Outcome(Result.DELIVERED)
        said = "; ".join(entry.message for entry in result.logs())
        return Outcome(Result.FAILED, self._redaction.note(said or "Apprise could not deliver it"))


def _run(
    send: Callable[[], Outcome], settle: Callable[[Outcome], None], loop: asyncio.AbstractEventLoop
) -> None:
    try:
        outcome = send()
    except Exception as error:
        outcome = Outcome(Result.FAILED, f"Apprise failed: {type(error).__name__}")
    with suppress(RuntimeError):  # the console has ended meanwhile
        loop.call_soon_threadsafe(settle, outcome)
