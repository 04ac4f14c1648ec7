"""The listening socket, which the workers share."""

from __future__ import annotations

import resource
import socket
from contextlib import suppress

from waitroom.errors import SettingsError

BACKLOG = 4096
"""Connections that may wait to be accepted: a sale opens in one second."""
UNANSWERED_MS = 60_000
"""After this long without an acknowledgement a connection is dead: a phone that lost its network says
nothing, and must not stay in line as if it were present (RFC 5482)."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port`` (0: a free one).

    Raises :class:`~waitroom.errors.SettingsError` when that is not possible.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(AttributeError, OSError):  # only Linux has it
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_MS)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise SettingsError(f"cannot listen on {host} port {port}: {reason}") from error
    listener.set_inheritable(True)
    return listener


def allow_many_connections() -> None:
    """Lets this process, and the workers that it starts, open as many files as its user may: each connection is one,
    and the usual limit of 1,024 was made for programs that keep sets of them (``select``)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(OSError, ValueError):  # macOS says "unlimited" and means less
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def address_of(listener: socket.socket, scheme: str = "http") -> str:
    """The URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
