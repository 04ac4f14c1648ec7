"""Where the origin is, and how a connection to it is opened."""

from __future__ import annotations

import asyncio
import os
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from waitroom.errors import OriginTimeoutError, OriginUnreachableError

_P = TypeVar("_P", bound=asyncio.Protocol)

LONGEST_SOCKET_PATH: Final = 107
"""Bytes of a unix socket's path: what fits into the kernel's ``sockaddr_un`` (unix(7))."""


class OriginAddress(ABC):
    """One address of the origin."""

    __slots__ = ()

    @staticmethod
    def parse(
        url: str, *, tls: ssl.SSLContext | None = None, server_name: str | None = None
    ) -> OriginAddress:
        """Read ``http://host[:port]``, ``https://host[:port]`` or ``unix:///path/to.sock``.

        Args:
            tls: for an ``https`` address; left out, certificates are checked as :func:`tls_to_origin` says.
            server_name: the name that an ``https`` address must prove to have; left out, the URL's host.

        Raises:
            ValueError: for another scheme, a missing or impossible host, port or socket path, or a path,
                query, fragment or user in the URL.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https", "unix"):
            raise ValueError(f"the origin {url!r} must start with http://, https:// or unix://")
        if parts.scheme == "unix":
            return UnixAddress(_socket_path(url))
        if not parts.hostname:
            raise ValueError(f"the origin {url!r} names no host")
        if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError(f"the origin {url!r} must be scheme, host and port alone")
        host = parts.hostname.encode("idna").decode("ascii")
        if parts.scheme == "http":
            return TcpAddress(host, parts.port or 80)
        # The dot that marks a whole name belongs neither into SNI (RFC 6066 3) nor into a certificate.
        name = server_name or host.removesuffix(".")
        return TlsAddress(host, parts.port or 443, tls or tls_to_origin(), name)

    @property
    @abstractmethod
    def authority(self) -> str:
        """Host and port as a ``Host`` header gives them, the scheme's own port left out."""

    async def open(self, factory: Callable[[], _P], *, seconds: float) -> _P:
        """Open one connection and return its protocol.

        Raises:
            OriginUnreachableError: the name is unknown, the connection refused, the certificate wrong.
            OriginTimeoutError: it took longer than ``seconds``.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self._connect(asyncio.get_running_loop(), factory)
        except TimeoutError as error:
            raise OriginTimeoutError(f"no connection to {self} within {seconds:g} s") from error
        except ssl.SSLCertVerificationError as error:
            reason = error.verify_message.rstrip(".")
            raise OriginUnreachableError(
                f"no connection to {self}: its certificate is not accepted: {reason}"
            ) from error
        except OSError as error:
            raise OriginUnreachableError(f"no connection to {self}: {error}") from error

    @abstractmethod
    async def _connect(self, loop: asyncio.AbstractEventLoop, factory: Callable[[], _P]) -> _P: ...


@dataclass(frozen=True, slots=True)
class TcpAddress(OriginAddress):
    """``http://host:port``."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"http://{self.authority}"

    @property
    def authority(self) -> str:
        """See :attr:`OriginAddress.authority`."""
        return _authority(self.host, self.port, usual=80)

    async def _connect(self, loop: asyncio.AbstractEventLoop, factory: Callable[[], _P]) -> _P:
        return (await loop.create_connection(factory, self.host, self.port))[1]


@dataclass(frozen=True, slots=True)
class TlsAddress(OriginAddress):
    """``https://host:port``, which has to prove that it is ``server_name``."""

    host: str
    port: int
    tls: ssl.SSLContext
    server_name: str

    def __str__(self) -> str:
        return f"https://{self.authority}"

    @property
    def authority(self) -> str:
        """See :attr:`OriginAddress.authority`."""
        return _authority(self.host, self.port, usual=443)

    async def _connect(self, loop: asyncio.AbstractEventLoop, factory: Callable[[], _P]) -> _P:
        opened = await loop.create_connection(
            factory, self.host, self.port, ssl=self.tls, server_hostname=self.server_name
        )
        return opened[1]


@dataclass(frozen=True, slots=True)
class UnixAddress(OriginAddress):
    """``unix:///path/to.sock``: plain HTTP over a unix socket."""

    path: str

    def __str__(self) -> str:
        return f"unix://{self.path}"

    @property
    def authority(self) -> str:
        """A socket has no name of its own."""
        return "localhost"

    async def _connect(self, loop: asyncio.AbstractEventLoop, factory: Callable[[], _P]) -> _P:
        return (await loop.create_unix_connection(factory, self.path))[1]


def tls_to_origin(ca_file: Path | None = None) -> ssl.SSLContext:
    """How the certificates of ``https`` addresses are checked: name and signature, TLS 1.2 or later.

    Args:
        ca_file: a PEM file of the authorities that may have signed them; left out, the system's.

    Raises:
        OSError: the file cannot be read, or is not PEM.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _authority(host: str, port: int, *, usual: int) -> str:
    host = f"[{host}]" if ":" in host else host
    return host if port == usual else f"{host}:{port}"


def _socket_path(url: str) -> str:
    path = url.removeprefix("unix://")
    if not path.startswith("/") or path.endswith("/") or "\0" in path:
        raise ValueError(f"the origin {url!r} must name a socket by its whole path, as unix:///path/to.sock")
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise ValueError(f"the origin {url!r} has a path of more than {LONGEST_SOCKET_PATH} bytes")
    return path
