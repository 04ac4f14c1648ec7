"""HTTP as the crowd speaks it: one connection a request, nothing kept, so that hundreds cost little."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

Where = int | tuple[str, int]
"""A port of this machine, or an address and its port."""
SECONDS = 15
"""After which an answer has not come."""
PAGE = "text/html"
CALL = "application/json"


class WireError(Exception):
    """The gateway was not there, or broke off."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, its body only where it has an end."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first header of that name; empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def cookies(self) -> dict[str, str]:
        """What the answer wants to be kept."""
        given = [value.split(";")[0].partition("=") for key, value in self.headers if key == "set-cookie"]
        return {name: value for name, _, value in given}


@asynccontextmanager
async def opened(
    where: Where, path: str, *, cookie: str = "", accept: str = PAGE
) -> AsyncIterator[tuple[Answer, asyncio.StreamReader]]:
    """The head of an answer, and the rest as it comes. Raises :class:`WireError`."""
    writer = None
    try:
        async with asyncio.timeout(SECONDS):
            host, port = ("127.0.0.1", where) if isinstance(where, int) else where
            reader, writer = await asyncio.open_connection(host, port)
            head = f"GET {path} HTTP/1.1\r\nHost: shop.test\r\nAccept: {accept}\r\nConnection: close\r\n"
            writer.write(f"{head}Cookie: {cookie}\r\n\r\n".encode())
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines[1:] if line)
        yield Answer(int(lines[0].split(" ")[1]), [(name.lower(), value) for name, _, value in pairs]), reader
    except (OSError, EOFError, TimeoutError) as error:
        raise WireError(str(error)) from error
    finally:
        if writer is not None:
            writer.close()


async def ask(where: Where, path: str, *, cookie: str = "", accept: str = PAGE) -> Answer:
    """One whole answer. Raises :class:`WireError`."""
    async with (
        opened(where, path, cookie=cookie, accept=accept) as (answer, reader),
        asyncio.timeout(SECONDS),
    ):
        return Answer(answer.status, answer.headers, await reader.read())


async def events(reader: asyncio.StreamReader) -> AsyncIterator[tuple[str, str]]:
    """Name and data of each server-sent event."""
    name = data = ""
    while line := await reader.readline():
        field, _, value = line.decode().strip().partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data = value
        elif not field and name:
            yield name, data
            name = data = ""
