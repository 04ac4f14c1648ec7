"""A webhook: an HTTP POST to an address of the settings.

What comes back decides about the delivery and is shown to operators, nothing more: redirects are not followed, and of
an answer no more than the beginning is read, as it comes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from admin.alerts.channels.envelope import CLOUDEVENT, PLAIN, cloudevent, filled
from admin.alerts.channels.redaction import Redaction
from admin.alerts.channels.signing import signed_fields
from admin.alerts.events import Event
from admin.alerts.retries import Outcome, Result, retry_after
from waitroom import __version__
from waitroom.settings import NotifySettings

MOST_ANSWER_BYTES = 2048
REFUSALS = frozenset({400, 405, 406, 411, 413, 414, 415, 422, 431})
"""What says that the message itself is wrong."""


class WebhookChannel:
    """One webhook, with a connection that is kept open. Its address and secrets are in no note, log or ``repr``."""

    fault = ""

    def __init__(self, settings: NotifySettings, clock: Callable[[], float] = time.time) -> None:
        assert settings.url is not None, "the files of the settings have been read"
        self.settings = settings
        self._url = settings.url.get_secret_value()
        self._clock = clock
        self._redaction = Redaction.of(settings)
        self._secrets = [secret.get_secret_value() for secret in settings.secret]
        password = settings.password
        self._fields = {name: value.get_secret_value() for name, value in settings.headers.items()}
        self._client = httpx.AsyncClient(
            # an answer that is not unpacked cannot grow
            headers={"user-agent": f"waitroom/{__version__}", "accept-encoding": "identity"},
            auth=(settings.user, password.get_secret_value()) if password else None,
            timeout=settings.timeout,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=2, keepalive_expiry=30),
        )

    def __repr__(self) -> str:
        return f"<WebhookChannel {self.settings.name} to {self.address}>"

    @property
    def address(self) -> str:
        """Scheme and host."""
        parts = urlsplit(self._url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    async def send(self, event: Event, source: str) -> Outcome:
        """See :class:`~admin.alerts.channels.channel.Channel`."""
        body = self.settings.body
        content = filled(body.get_secret_value(), event, source) if body else cloudevent(event, source)
        headers = {
            **{name: value.replace("{id}", event.id) for name, value in self._fields.items()},
            "content-type": PLAIN if body else CLOUDEVENT,
            **signed_fields(self._secrets, event.id, self._clock(), content),
        }
        try:
            async with (
                asyncio.timeout(self.settings.timeout),
                self._client.stream("POST", self._url, content=content, headers=headers) as answer,
            ):
                return self._judge(answer, await _beginning(answer))
        except TimeoutError:
            return Outcome(Result.FAILED, f"no answer within {self.settings.timeout:g} seconds")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            what = str(error) or type(error).__name__
            return Outcome(Result.FAILED, self._redaction.note(f"no answer: {what}"))
        finally:
            self._client.cookies.clear()

    async def close(self) -> None:
        """See :class:`~admin.alerts.channels.channel.Channel`."""
        await self._client.aclose()

    def _judge(self, answer: httpx.Response, beginning: str) -> Outcome:
        status = answer.status_code
        if answer.is_success:
            return Outcome(Result.DELIVERED)
        after = retry_after(answer.headers.get("retry-after", ""), self._clock())
        if answer.has_redirect_location:
            return Outcome(Result.FAILED, f"{_named(status)}: redirects are not followed", after)
        note = self._redaction.note(f"{_named(status)}: {beginning}" if beginning else _named(status))
        if status == HTTPStatus.GONE:
            return Outcome(Result.GONE, note)
        return Outcome(Result.REFUSED if status in REFUSALS else Result.FAILED, note, after)


async def _beginning(answer: httpx.Response) -> str:
    read = b""
    async for piece in answer.aiter_raw(MOST_ANSWER_BYTES):
        read += piece
        if len(read) >= MOST_ANSWER_BYTES or answer.is_success:
            break
    return read[:MOST_ANSWER_BYTES].decode("utf-8", "replace")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
