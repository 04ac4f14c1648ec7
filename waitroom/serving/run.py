"""Starts the gateway, and returns when it has ended."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import NoReturn

import uvicorn

from waitroom.assembly.pages import examine_pages
from waitroom.embedded import EmbeddedRedis
from waitroom.errors import SettingsError
from waitroom.gate.app import never_ends
from waitroom.proxy import TrustedProxies
from waitroom.serving.factory import GRACE_SECONDS, GateFactory
from waitroom.serving.http1 import HttpServer, Limits
from waitroom.serving.listen import BACKLOG, address_of, allow_many_connections, listen
from waitroom.serving.workers import Workers
from waitroom.settings import (
    Settings,
    resolve_channels,
    resolve_provider,
    resolve_reminders,
    resolve_secret,
    resolve_webhook_secrets,
)


def serve(
    settings: Settings,
    *,
    announce: Callable[[str], None] = lambda _url: None,
    announce_console: Callable[[str, str | None], None] | None = None,
) -> None:
    """Runs the gateway until it is told to stop.

    ``announce`` is called with the gateway's address once it listens, ``announce_console`` with that of the console and
    the one-time link of its first admin, where it has none: left out, they are printed. Raises
    :class:`~waitroom.errors.WaitroomError` when it cannot start.
    """
    signal.signal(signal.SIGTERM, _leave)
    with suppress(KeyboardInterrupt), ExitStack() as stack:  # Ctrl-C is the usual way to end it
        secrets, settings = _resolved(settings)
        for _ in examine_pages(
            settings
        ):  # a worker that ended by a wrong file would be started again and again
            pass
        allow_many_connections()
        listener = stack.enter_context(listen(settings.host, settings.port))
        redis_url = settings.redis_url
        if redis_url is None:
            redis_url = stack.enter_context(EmbeddedRedis(settings.data_dir)).url
        server = http_server(settings)
        factory = GateFactory(settings, redis_url, tuple(secrets), os.getpid(), server)
        config = uvicorn_config(factory, settings.workers, server)
        config.ssl_certfile, config.ssl_keyfile = settings.tls_cert_file, settings.tls_key_file
        scheme = "https" if settings.tls_cert_file else "http"
        announce(address_of(listener, scheme))
        if settings.console:
            stack.enter_context(_console(settings, redis_url, secrets, announce_console))
        if settings.workers > 1:
            with Workers(config, listener) as workers:
                workers.run()
        else:
            uvicorn.Server(config).run([listener])


def serve_console(settings: Settings, *, announce: Callable[[str, str | None], None] | None = None) -> None:
    """Runs the console alone until it is told to stop: for gateways that run elsewhere, at the same Redis.

    Raises :class:`~waitroom.errors.SettingsError` without a ``redis_url``: the gateway's own Redis is the gateway's.
    """
    if (redis_url := settings.redis_url) is None:
        raise SettingsError(
            "redis_url: not set. The console alone needs the Redis of its gateways; "
            "`waitroom serve` with a Redis of its own runs the console too."
        )
    signal.signal(signal.SIGTERM, _leave)
    with suppress(KeyboardInterrupt):
        secrets, settings = _resolved(settings)
        with _console(settings, redis_url, secrets, announce):
            while True:
                signal.pause()


def _resolved(settings: Settings) -> tuple[Sequence[str], Settings]:
    """The secrets that sign tokens, and the settings with those that stand in files."""
    whole = resolve_reminders(resolve_provider(resolve_channels(resolve_webhook_secrets(settings))))
    return resolve_secret(settings), whole


@contextmanager
def _console(
    settings: Settings,
    redis_url: str,
    secrets: Sequence[str],
    announce: Callable[[str, str | None], None] | None,
) -> Iterator[None]:
    """The console in a process of its own, beside the gateway."""
    from admin.process import ConsolePlan, beside, say

    with (
        listen(settings.admin_host, settings.admin_port) as listener,
        beside(ConsolePlan(settings, redis_url, tuple(secrets)), listener, announce or say),
    ):
        yield


def _leave(_signal: int, _frame: object) -> NoReturn:
    """Told to stop before uvicorn listens to signals, or handed on by it afterwards: unwinds what was begun."""
    sys.exit(0)


def http_server(settings: Settings) -> HttpServer:
    """How visitors are spoken with."""
    limits = Limits(
        head_bytes=settings.max_header_bytes,
        field_count=settings.max_header_fields,
        field_bytes=settings.max_field_bytes,
        target_bytes=settings.max_target_bytes,
        body_bytes=settings.max_body_bytes,
        head_seconds=settings.header_timeout,
        keep_alive_seconds=settings.keep_alive_timeout,
        stall_seconds=settings.stall_timeout,
        body_seconds=settings.request_timeout,
        body_rate=settings.min_body_rate,
        answer_rate=settings.min_answer_rate,
        connections_per_address=settings.max_connections_per_address,
    )
    trusted = TrustedProxies(settings.trusted_proxies)
    return HttpServer(limits, is_exempt=trusted.believes, never_ends=never_ends)


def uvicorn_config(
    app: Callable[[], object], workers: int, server: HttpServer | None = None
) -> uvicorn.Config:
    """How uvicorn runs the gateway."""
    return uvicorn.Config(
        app,
        factory=True,
        workers=workers,
        http=server or HttpServer(Limits()),  # type: ignore[arg-type] # all that uvicorn does with it is to call it
        ws="none",
        loop="waitroom.serving.loop:Loop",
        backlog=BACKLOG,  # uvicorn sets it once more
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
