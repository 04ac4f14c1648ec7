"""Products to look at: a document of the shop's, asked for while anybody looks, and kept for a while."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from waitroom.complaints import Complaints
from waitroom.tasks import end_all
from waitroom.themes.picture import Picture, kind_of

if TYPE_CHECKING:
    import httpx

LARGEST_DOCUMENT = 262_144
LARGEST_IMAGE = 131_072
"""Bytes."""
_TIMEOUT_SECONDS = 5.0
_AGAIN_SECONDS = 30.0
"""After a failure."""
_NEVER = -1.0
_IMAGES_KEPT = 48
_IMAGES_SECONDS = 3600.0
_complaints = Complaints(logging.getLogger("waitroom.content"))


class _Given(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, coerce_numbers_to_str=True)

    name: str = Field(min_length=1, max_length=120)
    url: str = Field(default="", max_length=1000)
    image: str = Field(default="", max_length=1000)
    price: str = Field(default="", max_length=40)
    text: str = Field(default="", max_length=300)


@dataclass(frozen=True, slots=True)
class Product:
    """One of them. ``image`` is the key of its picture; empty: it has none."""

    name: str
    url: str
    image: str
    price: str
    text: str


class Products:
    """Those of a room, in one worker.

    Args:
        source: the address of the document, or its file.
        every_seconds: between two readings.
        most: how many are shown.
        image_hosts: of which images are fetched, besides the document's own.
        clock: seconds that never run backwards.
    """

    def __init__(
        self,
        source: str | Path,
        *,
        every_seconds: float,
        most: int,
        image_hosts: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._every_seconds = every_seconds
        self._most = most
        self._base = source if isinstance(source, str) else ""
        self._hosts = {*image_hosts, *([urlsplit(source).hostname] if isinstance(source, str) else [])}
        self._clock = clock
        self._client: httpx.AsyncClient | None = None
        self._all: tuple[Product, ...] = ()
        self._addresses: dict[str, str] = {}
        self._due = _NEVER
        self._reading: asyncio.Task[None] | None = None
        self._images: OrderedDict[str, tuple[float, Picture | None]] = OrderedDict()
        self._fetching: dict[str, asyncio.Lock] = {}

    def __repr__(self) -> str:
        return f"Products({len(self._all)} of {self._source})"

    async def all(self) -> tuple[Product, ...]:
        """Those that were known last. Only who asks first of all waits for the shop."""
        if self._clock() >= self._due and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read())
        if self._due == _NEVER and self._reading is not None:
            await asyncio.shield(self._reading)
        return self._all

    async def picture(self, key: str) -> Picture | None:
        """The picture of that key, from the shop or from memory; None where there is none."""
        await self.all()
        address = self._addresses.get(key)
        if address is None:
            return None
        async with self._fetching.setdefault(key, asyncio.Lock()):
            kept = self._images.get(key)
            if kept is None or kept[0] < self._clock():
                self._images[key] = kept = await self._fetched(address)
                self._images.move_to_end(key)
                while len(self._images) > _IMAGES_KEPT:
                    self._fetching.pop(self._images.popitem(last=False)[0], None)
        return kept[1]

    async def aclose(self) -> None:
        """Lets go of the connections."""
        if self._reading is not None:
            await end_all([self._reading])
        if self._client is not None:
            await self._client.aclose()

    async def _read(self) -> None:
        try:
            if isinstance(self._source, str):
                body = await self._get(self._source, LARGEST_DOCUMENT, "application/json")
            else:
                body = await asyncio.to_thread(_file, self._source)
            given = json.loads(body)
        except (OSError, ValueError, RecursionError) as error:
            _complaints.warn("document", "products: %s: %s", self._source, error or type(error).__name__)
            self._due = self._clock() + _AGAIN_SECONDS
            return
        self._due = self._clock() + self._every_seconds
        found = given.get("products") if isinstance(given, dict) else given
        self._take(found if isinstance(found, list) else [])

    def _take(self, given: list[object]) -> None:
        taken, addresses = [], {}
        for each in given:
            try:
                read = _Given.model_validate(each)
            except ValidationError:
                _complaints.warn("product", "products: %s: one is not understood: %.200r", self._source, each)
                continue
            url, image = self._web(read.url), self._web(read.image)
            key = (
                hashlib.sha256(image.encode()).hexdigest()[:16]
                if urlsplit(image).hostname in self._hosts
                else ""
            )
            if key:
                addresses[key] = image
            taken.append(Product(read.name, url, key, read.price, read.text))
            if len(taken) == self._most:
                break
        self._all, self._addresses = tuple(taken), addresses

    def _web(self, address: str) -> str:
        """An address of the web as a whole, or nothing. In a file, which has none to start from, a path counts too: it
        is one of the shop's."""
        if not self._base and address[:1] == "/" and address[1:2] not in ("/", "\\"):
            return address
        try:
            url = urlsplit(whole := urljoin(self._base, address)) if address else urlsplit("")
        except ValueError:
            return ""
        return whole if url.scheme in ("http", "https") and url.hostname else ""

    async def _fetched(self, address: str) -> tuple[float, Picture | None]:
        try:
            body = await self._get(address, LARGEST_IMAGE, "image/*")
        except (OSError, ValueError) as error:
            _complaints.warn("image", "products: %s: %s", address, error or type(error).__name__)
            return self._clock() + _AGAIN_SECONDS, None
        kind = kind_of(body)
        if kind is None or kind == "image/svg+xml":
            _complaints.warn("image", "products: %s: is no image that is passed on", address)
            return self._clock() + _AGAIN_SECONDS, None
        return self._clock() + _IMAGES_SECONDS, Picture(kind, body)

    async def _get(self, address: str, most: int, kind: str) -> bytes:
        import httpx  # a tenth of what the gateway takes to start, and few rooms show products

        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
            )
        body = bytearray()
        try:
            async with asyncio.timeout(2 * _TIMEOUT_SECONDS):
                async with self._client.stream("GET", address, headers={"accept": kind}) as answer:
                    if answer.status_code != 200:
                        raise ValueError(f"the answer is {answer.status_code}")
                    async for piece in answer.aiter_bytes():
                        body += piece
                        if len(body) > most:
                            raise ValueError(f"is larger than {most:,} bytes")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OSError(str(error) or type(error).__name__) from error
        return bytes(body)


def _file(path: Path) -> bytes:
    with path.open("rb") as file:
        body = file.read(LARGEST_DOCUMENT + 1)
    if len(body) > LARGEST_DOCUMENT:
        raise ValueError(f"is larger than {LARGEST_DOCUMENT:,} bytes")
    return body
