"""Products: asked for within bounds, kept for a while, and never in the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tests.browser.serving import serving
from waitroom.content.products import LARGEST_DOCUMENT, LARGEST_IMAGE, Products

pytestmark = pytest.mark.anyio
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 40


@dataclass
class FakeShop:
    """A shop that answers what a test tells it to."""

    document: bytes = b"[]"
    images: dict[str, bytes] = field(default_factory=dict)
    status: int = 200
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/feed.json", self._feed), Route("/{name:path}", self._image)])

    @property
    def feed(self) -> str:
        """Where its document is."""
        return f"http://127.0.0.1:{self.port}/feed.json"

    def sells(self, *products: object) -> None:
        """From now on."""
        self.document = json.dumps({"products": products}).encode()

    async def _feed(self, request: Request) -> Response:
        self.asked.append("feed")
        return Response(self.document, self.status, media_type="application/json")

    async def _image(self, request: Request) -> Response:
        self.asked.append(request.path_params["name"])
        if request.path_params["name"] == "elsewhere.png":
            return RedirectResponse("http://127.0.0.1:9/secret")
        return Response(self.images.get(request.path_params["name"], b"no"))


@pytest.fixture
def shop() -> Iterator[FakeShop]:
    """A running shop."""
    fake = FakeShop()
    with serving(fake):
        yield fake


class Clock:
    """Time that a test turns."""

    now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def products(source: str | Path, clock: Clock, **options: object) -> Products:
    """Those of a source, read anew every minute."""
    return Products(source, **{"every_seconds": 60, "most": 3, "clock": clock, **options})  # type: ignore[arg-type]


async def test_they_are_read_once_and_kept(shop: FakeShop) -> None:
    """However many ask at once; anew when the time has come; as they were where the shop fails."""
    clock = Clock()
    shop.sells({"name": "Shoe", "price": 89, "url": "/shoe", "image": "shoe.png", "more": {}})
    here = products(shop.feed, clock)
    [[only], *others] = await asyncio.gather(*[here.all() for _ in range(20)])
    assert all(each == (only,) for each in others)
    assert ("Shoe", "89", f"http://127.0.0.1:{shop.port}/shoe", ["feed"]) == (
        only.name, only.price, only.url, shop.asked,
    )  # fmt: skip
    shop.status, clock.now = 500, 61
    assert (only,) == await here.all()
    while len(shop.asked) < 2:  # noqa: ASYNC110 - asked beside the answer
        await asyncio.sleep(0.01)
    assert (only,) == await here.all()
    shop.status, clock.now = 200, 1000
    shop.sells({"name": "Sock"})
    async with asyncio.timeout(20):
        while "Sock" not in [each.name for each in await here.all()]:
            await asyncio.sleep(0.01)
            clock.now += 100
    await here.aclose()


async def test_what_is_not_understood_is_left_out(shop: FakeShop) -> None:
    """One product, a whole document, or what is too much of either; an address that would run is none."""
    clock = Clock()
    shop.sells(
        {"name": ""}, 3, {"name": "A", "url": "javascript:alert(1)"}, *[{"name": str(n)} for n in range(9)]
    )
    here = products(shop.feed, clock)
    assert [("A", ""), ("0", ""), ("1", "")] == [(each.name, each.url) for each in await here.all()]
    for document in (b"{", b"3", b'{"products": 3}', b" " * (LARGEST_DOCUMENT + 1)):
        shop.document = document
        other = products(shop.feed, clock)
        assert () == await other.all()
        await other.aclose()
    assert await products(Path("/no/such/file"), clock).all() == ()
    await here.aclose()


async def test_pictures_come_from_named_hosts_alone(shop: FakeShop) -> None:
    """Fetched when somebody looks, and once; no drawing, nothing large, and no other place that an answer leads to."""
    shop.images = {
        "a.png": PNG, "b.svg": b"<svg xmlns='x'><script>1</script></svg>", "c.png": PNG + b"x" * LARGEST_IMAGE,
    }  # fmt: skip
    addresses = [
        "a.png",
        "b.svg",
        "c.png",
        "elsewhere.png",
        "http://169.254.169.254/latest",
        "//localhost/x.png",
    ]
    shop.sells(*[{"name": address, "image": address} for address in addresses])
    here = products(shop.feed, Clock(), most=9)
    keys = [each.image for each in await here.all()]
    assert ["", ""] == keys[4:] and "feed" == shop.asked[-1]
    found = [await here.picture(key) for key in [*keys[:4], keys[0], "", "x"]]
    assert [PNG, None, None, None, PNG, None, None] == [each and each.body for each in found]
    assert 1 == shop.asked.count("a.png")
    await here.aclose()


async def test_a_file_is_read_likewise(tmp_path: Path) -> None:
    """Without any address to start from, a path is one of the shop's, where it leads to no other host; pictures are
    fetched from whole addresses alone."""
    path = tmp_path / "feed.json"
    given = [("/a", "https://cdn.example/a.png"), ("//b.example", "/b.png"), ("/\\c.example", "")]
    path.write_text(json.dumps([{"name": "A", "url": url, "image": image} for url, image in given]))
    found = await products(path, Clock(), image_hosts=("cdn.example",)).all()
    assert [("/a", 16), ("", 0), ("", 0)] == [(each.url, len(each.image)) for each in found]
