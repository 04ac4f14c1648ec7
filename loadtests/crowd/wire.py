"""A connection that costs next to nothing while it waits: a socket, and llhttp's parser.

Measured by ``python -m loadtests.waiters``: Locust's FastHttpUser takes twice the memory for a visitor who waits.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from gevent import socket
from httptools import HttpParserError, HttpResponseParser

from loadtests.crowd.files import explained

_SECONDS = 60.0
"""An event stream speaks four times in it."""
_TLS = ssl.create_default_context()
_TLS.check_hostname = False
_TLS.verify_mode = ssl.CERT_NONE


class Address(NamedTuple):
    """Where a gateway is."""

    host: str
    port: int
    tls: bool

    @classmethod
    def of(cls, url: str) -> Address:
        """From its URL. Raises ``ValueError`` where that is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no http:// or https:// address")
        tls = parts.scheme == "https"
        return cls(parts.hostname, parts.port or (443 if tls else 80), tls)


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    body: bytes


class Wire:
    """One kept-alive connection from ``source``, "" for any address of this machine.

    Raises:
        TooFewFilesError, TooFewPortsError: the system has no more; the text says what to do.
        OSError: there is no connection.
    """

    __slots__ = ("_address", "_body", "_cookies", "_done", "_headers", "_parser", "_socket")

    def __init__(self, address: Address, source: str = "") -> None:
        self._address = address
        try:
            plain = socket.create_connection(
                (address.host, address.port), _SECONDS, source_address=(source, 0) if source else None
            )
        except OSError as error:
            raise explained(error, source) from error
        self._body, self._done = b"", False
        self._socket = _TLS.wrap_socket(plain, server_hostname=address.host) if address.tls else plain

    def close(self) -> None:
        """Closes it, as a tab does: without a word."""
        self._socket.close()

    def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        """One request and its answer. Raises ``OSError`` where none comes."""
        self._ask(path, headers)
        while not self._done:
            self._feed()
        return self._answer()

    def stream(self, path: str, headers: Mapping[str, str]) -> tuple[int, Iterator[str]]:
        """One request, its status, and the lines of its body as they come."""
        self._ask(path, headers)
        while not (self._body or self._done):
            self._feed()
        return self._parser.get_status_code(), self._lines()

    def _lines(self) -> Iterator[str]:
        rest = b""
        while True:
            *lines, rest = (rest + self._body).split(b"\n")
            self._body = b""
            for line in lines:
                yield line.decode("utf-8", "replace").removesuffix("\r")
            if self._done:
                return
            self._feed()

    def _ask(self, path: str, headers: Mapping[str, str]) -> None:
        self._parser = HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._cookies: dict[str, str] = {}
        self._body, self._done = b"", False
        lines = [f"GET {path} HTTP/1.1", f"Host: {self._address.host}:{self._address.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def _feed(self) -> None:
        data = self._socket.recv(16_384)
        if not data:
            raise ConnectionError("the connection was closed")
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            raise ConnectionError(f"the answer is no HTTP/1.1: {error}") from error

    def _answer(self) -> Answer:
        return Answer(self._parser.get_status_code(), self._headers, self._cookies, self._body)

    # what the parser calls

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field of the head."""
        if name.lower() == b"set-cookie":
            cookie, _, text = value.decode("latin-1").partition(";")[0].partition("=")
            self._cookies[cookie] = text
        else:
            self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        self._body += piece

    def on_message_complete(self) -> None:
        """The end of the answer."""
        self._done = True
