"""Where the origin is, and how a connection to it is opened."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from waitroom.errors import OriginTimeoutError, OriginUnreachableError

_P = TypeVar("_P", bound=asyncio.Protocol)


@dataclass(frozen=True, slots=True)
class OriginAddress:
    """One address of the origin: host, port, and the TLS settings of an ``https`` one."""

    host: str
    port: int
    tls: ssl.SSLContext | None

    @classmethod
    def parse(cls, url: str) -> OriginAddress:
        """Read ``http://host[:port]`` or ``https://host[:port]``.

        Raises:
            ValueError: for another scheme, a missing or impossible host or port, or a path, query, fragment
                or user in the URL.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise ValueError(f"the origin {url!r} must start with http:// or https://")
        if not parts.hostname:
            raise ValueError(f"the origin {url!r} names no host")
        if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError(f"the origin {url!r} must be scheme, host and port alone")
        secure = parts.scheme == "https"
        return cls(
            host=parts.hostname.encode("idna").decode("ascii"),
            port=parts.port or (443 if secure else 80),
            tls=ssl.create_default_context() if secure else None,
        )

    @property
    def authority(self) -> str:
        """Host and port as a ``Host`` header gives them, the scheme's own port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.authority}"

    async def open(self, factory: Callable[[], _P], *, seconds: float) -> _P:
        """Open one connection and return its protocol.

        Raises:
            OriginUnreachableError: the name is unknown, the connection refused, the certificate wrong.
            OriginTimeoutError: it took longer than ``seconds``.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                _, protocol = await loop.create_connection(factory, self.host, self.port, ssl=self.tls)
        except TimeoutError as error:
            raise OriginTimeoutError(f"no connection to {self} within {seconds:g} s") from error
        except OSError as error:
            raise OriginUnreachableError(f"no connection to {self}: {error}") from error
        return protocol
