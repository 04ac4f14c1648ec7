"""The listening sockets."""

from __future__ import annotations

import resource
import socket
import struct
import sys
from contextlib import suppress

from waitroom.errors import SettingsError

BACKLOG = 65_535
"""Connections that may wait to be accepted: a sale opens in one second. The system has a bound of its own (4,096 on
Linux: ``net.core.somaxconn``)."""
UNANSWERED_MS = 60_000
"""After this long without an acknowledgement a connection is dead: a phone that lost its network says
nothing, and must not stay in line as if it were present (RFC 5482)."""
SPREADS = sys.platform == "linux"
"""Whether the system spreads newcomers evenly over sockets that listen on one port: others give all to one of them."""
_TCP_INFO = 11
_UNACKED = struct.Struct("=8x4x4x4x4xI")
"""The beginning of ``struct tcp_info``: eight bytes and four numbers, then this one."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port`` (0: a free one).

    Raises :class:`~waitroom.errors.SettingsError` when that is not possible.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        _listen(listener, (host, port))
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise SettingsError(f"cannot listen on {host} port {port}: {reason}") from error
    return listener


def listen_beside(listener: socket.socket) -> socket.socket:
    """Another socket that listens on the same host and port, with a queue of its own: newcomers are spread over them.

    Another gateway that is started on this port is refused all the same: the first socket of each comes from
    :func:`listen`, which shares with nobody, and only then lets others beside it. Linux only (``SPREADS``).
    Raises :class:`OSError` where that is not possible.
    """
    other = socket.socket(listener.family, listener.type)
    try:
        for each in (listener, other):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        _listen(other, listener.getsockname())
    except BaseException:
        other.close()
        raise
    return other


def _listen(listener: socket.socket, address: tuple[str | int, ...]) -> None:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(AttributeError, OSError):  # only Linux has it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_MS)
    listener.bind(address)
    listener.listen(BACKLOG)
    listener.set_inheritable(True)


def queue_of(listener: socket.socket) -> int:
    """How many connections wait to be accepted; 0 where the system does not tell. Of a socket that listens Linux has it
    in ``tcpi_unacked`` (``tcp_get_info`` in ``net/ipv4/tcp.c``)."""
    try:
        info = listener.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _UNACKED.size)
    except OSError:
        return 0
    return int(_UNACKED.unpack(info)[0]) if len(info) == _UNACKED.size else 0


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
