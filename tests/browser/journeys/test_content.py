"""What there is to read and to look at while one waits, in a real Chromium: after the page, and never in its way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Browser, expect
from redis.asyncio import Redis

from tests.browser.journeys.conftest import DESK, SHUT, Device, Room, Shop, is_inside, place_of, waits
from tests.browser.journeys.test_accessible import check
from tests.contract.harness import Gateway, start_gateway

pytestmark = pytest.mark.anyio
NEWS = "## New sizes\n\n36 to 45, see [the guide](https://shop.example/guide).\n"
FAQ = "## When do you ship?\n\nToday.\n\n## Can I send it back?\n\nFor 30 days.\n\n## Crème brûlée?\n\nNo.\n"
ASKED_IN_ARABIC = "متى تشحنون؟"
CHAT = """<div id="chat">Loading…</div><script>
document.getElementById("chat").textContent = "An agent is here";
document.getElementById("chat").style.color = "rgb(1, 2, 3)";
const other = document.createElement("script"); other.src = "https://evil.example/x.js"; document.head.append(other);
const own = document.createElement("script"); own.src = "https://chat.example/l.js"; document.head.append(own);
</script>"""
PRODUCTS = [
    {"name": "Trail shoe", "price": "€ 89", "url": "https://shop.example/trail", "text": "Dry in the rain."},
    {"name": "Wool socks", "price": 12},
    {"name": "Headlamp", "url": "/lamp", "image": "http://127.0.0.1:9/gone.png"},
]


@pytest.fixture(scope="module")
def telling(shop: Shop, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with a room that has everything, and one that has nothing."""
    folder = tmp_path_factory.mktemp("telling")
    (folder / "news.md").write_text(NEWS)
    (folder / "faq.md").write_text(FAQ)
    (folder / "faq.ar.md").write_text(f"## {ASKED_IN_ARABIC}\n\nNow\n")
    (folder / "chat.html").write_text(CHAT)
    (folder / "feed.json").write_text(json.dumps(PRODUCTS))
    content = {
        "news": "news.md",
        "faq": "faq.md",
        "chat": "chat.html",
        "chat_hosts": ["chat.example"],
        "products": "feed.json",
        "image_hosts": ["127.0.0.1"],
    }
    rooms = [
        {**SHUT, "name": "c-all", "paths": ["/c-all/*"], "content": content},
        {**SHUT, "name": "c-none", "paths": ["/c-none/*"]},
    ]
    started = start_gateway(folder, redis_url, shop.url, rooms, languages=["en", "ar"])
    try:
        yield started
        started.stop()
    finally:
        started.kill()


def room(gateway: Gateway, name: str, redis: Redis) -> Room:
    """One of its rooms."""
    return Room(gateway, name, redis, f"/{name}/shoes")


async def test_it_is_there_once_the_page_can_be_used(telling: Gateway, redis: Redis, device: Device) -> None:
    """In the page itself, below all else, from this site alone; it can be searched without asking anybody."""
    context = await device(size=(320, 640))
    page, own = await context.new_page(), room(telling, "c-all", redis)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await waits(page, own.url)
    await expect(page.get_by_role("heading", name="New sizes")).to_be_visible()
    assert all(url.startswith(telling.url) for url in asked)
    assert asked.index(own.url) < next(n for n, url in enumerate(asked) if "/content" in url)
    await page.locator("#faq summary").first.click()
    await check(page, "with content")
    assert "_blank" == await page.get_by_role("link", name="Trail shoe").get_attribute("target")
    gone = page.locator(".products img")
    await gone.scroll_into_view_if_needed()
    await expect(gone).to_have_css("visibility", "hidden")
    assert "/lamp" == await page.get_by_role("link", name="Headlamp").get_attribute("href")
    before = len(asked)
    find = page.get_by_label("Search the questions")
    await find.fill("CREME brulee")
    await expect(page.locator("#faq details:visible")).to_have_count(1)
    await find.fill("return a thing")
    await expect(page.get_by_text("Nothing was found.")).to_be_visible()
    await find.fill("")
    await expect(page.locator("#faq details:visible")).to_have_count(3)
    assert [] == [url for url in asked[before:] if "/status" not in url and "/events" not in url]
    assert await page.evaluate("performance.getEntriesByType('layout-shift').length") == 0


async def test_it_is_a_page_of_its_own_without_a_script(
    telling: Gateway, redis: Redis, chromium: Browser
) -> None:
    """One link away, in the reader's language; questions open without a script, and the place is kept."""
    context = await chromium.new_context(locale="ar", java_script_enabled=False)
    page, own = await context.new_page(), room(telling, "c-all", redis)
    code = await waits(page, own.url)
    async with context.expect_page() as opened:
        await page.locator("#extras a").click()
    other = await opened.value
    question = other.get_by_text(ASKED_IN_ARABIC)
    await question.click()
    await expect(other.get_by_text("Now", exact=True)).to_be_visible()
    await expect(other.get_by_role("searchbox")).to_be_hidden()
    assert ("rtl", code) == (await other.locator("html").get_attribute("dir"), await place_of(page))
    await context.close()


async def test_the_chat_loads_nothing_until_somebody_presses(
    telling: Gateway, redis: Redis, device: Device
) -> None:
    """Then it is in a tab of its own, and reaches the hosts that are named and no others."""
    context = await device(size=DESK)
    failed: dict[str, str | None] = {}
    context.on("requestfailed", lambda request: failed.update({request.url: request.failure}))
    page, own = await context.new_page(), room(telling, "c-all", redis)
    await waits(page, own.url)
    press = page.get_by_role("link", name="Chat with the shop")
    await expect(press).to_be_visible()
    assert {} == failed
    async with context.expect_page() as opened:
        await press.click()
    chat = await opened.value
    await expect(chat.get_by_text("An agent is here")).to_be_visible()
    assert "rgb(1, 2, 3)" == await chat.locator("#chat").evaluate(
        "element => getComputedStyle(element).color"
    )
    other, chat_script = "https://evil.example/x.js", "https://chat.example/l.js"
    async with asyncio.timeout(20):
        while not {other, chat_script} <= failed.keys():  # noqa: ASYNC110 - the browser tells
            await asyncio.sleep(0.05)
    # nobody is there under these names: one was asked, the other was not
    assert "csp" == failed[other] != failed[chat_script]
    await own.let_in()
    await is_inside(page)


async def test_what_is_off_costs_nothing(telling: Gateway, redis: Redis) -> None:
    """Not a byte in the page, and no address."""
    headers = {"accept": "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    async with httpx.AsyncClient(trust_env=False, headers=headers) as client:
        page = await client.get(room(telling, "c-none", redis).url)
        assert not any(word in page.text for word in ("more.js", 'id="extras"', "more.css"))
        for action in ("content", "chat", "picture"):
            assert 404 == (await client.get(room(telling, "c-none", redis).own(action))).status_code


async def test_a_cdn_may_keep_it(telling: Gateway, redis: Redis) -> None:
    """By the language in its address; nothing of it is somebody's."""
    async with httpx.AsyncClient(trust_env=False, headers={"accept-language": "ar"}) as client:
        own = room(telling, "c-all", redis).own
        for language, text in (("en", "When do you ship?"), ("ar", ASKED_IN_ARABIC)):
            answer = await client.get(own(f"content?lang={language}"))
            assert ("public, max-age=60, no-transform", "Accept-Encoding") == (
                answer.headers["cache-control"], answer.headers["vary"],
            )  # fmt: skip
            assert text in answer.text and "set-cookie" not in answer.headers
        plain = await client.get(own("content"))
        assert ASKED_IN_ARABIC in plain.text and "no-store" in plain.headers["cache-control"]
        chat = (await client.get(own("chat?lang=en"))).headers["content-security-policy"]
        assert "https://chat.example" in chat and "wss://chat.example" in chat
        assert "'unsafe-inline'" not in chat.partition("style-src")[0]
