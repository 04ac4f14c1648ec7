"""The first view of a page is small, and comes compressed and to be kept."""

from __future__ import annotations

import gzip
import re
import time

import pytest
from playwright.async_api import Response, expect

from admin.auth.roles import Role
from admin.pages.static import FILES
from tests.admin.conftest import Client
from tests.admin.pages.conftest import Open
from waitroom.resources import templates_dir

pytestmark = pytest.mark.anyio

MOST_BYTES = 150_000


@pytest.mark.parametrize("path", ["/", "/rooms/drop"])
async def test_a_first_view_is_small(open_page: Open, path: str) -> None:
    """Compressed, with all that it loads."""
    page = await open_page("/health/live")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    await page.goto(path)
    await expect(page.locator("#clock")).not_to_be_empty()
    sizes = {
        answer.url: (await answer.request.sizes())["responseBodySize"]
        for answer in answers
        if "/live" not in answer.url and "/api/" not in answer.url
    }
    print(path, {url.rpartition("/")[2]: size for url, size in sizes.items()}, sum(sizes.values()))
    assert 0 < sum(sizes.values()) <= MOST_BYTES


async def test_what_a_page_loads_is_kept_for_ever_under_a_name_of_its_content(client: Client) -> None:
    """And another version's name is not there."""
    viewer = client(Role.VIEWER)
    begun = time.perf_counter()
    answer = await viewer.get("/rooms/drop")
    print(f"the room page took {(time.perf_counter() - begun) * 1000:.1f} ms")
    files = set(re.findall(r"/static/\w+/[\w.-]+", answer.text))
    assert {"room.css", "room.js", "console.css", "console.js"} <= {file.rpartition("/")[2] for file in files}
    for file in files:
        found = await client().get(file)
        assert (200, "public, max-age=31536000, immutable", "gzip") == (
            found.status_code,
            found.headers["cache-control"],
            found.headers["content-encoding"],
        )
    other = re.sub(r"/static/\w+/", "/static/0123456789ab/", files.pop())
    assert 404 == (await client().get(other)).status_code
    for wrong in ("/static/../layout.html", "/static/%2e%2e/layout.html", "/static/x/..%2f..%2flayout.html"):
        assert 404 == (await client().get(wrong)).status_code


async def test_a_browser_that_takes_no_gzip_gets_none(client: Client) -> None:
    """The same page either way."""
    viewer = client(Role.VIEWER)
    plain = await viewer.get("/", headers={"accept-encoding": "identity"})
    packed = await viewer.get("/", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert "gzip" == packed.headers["content-encoding"]
    assert len(gzip.compress(plain.content)) < len(plain.content)
    assert "<h1>Rooms</h1>" in plain.text and "<h1>Rooms</h1>" in packed.text


def test_all_modules_of_a_page_are_named_at_once() -> None:
    """Those that its script imports, and those that these do, each once."""
    folder = templates_dir() / "admin" / "static"
    for script in ("room.js", "rooms.js"):
        named = [url.rpartition("/")[2] for url in FILES.modules(script)]
        assert len(named) == len(set(named))
        for name in (script, *named):
            imported = set(re.findall(r'"\./([\w.-]+)"', (folder / name).read_text()))
            assert imported <= set(named), (script, name)
