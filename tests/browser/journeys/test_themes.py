"""Pages in a shop's own clothes, in a real Chromium: readable, let in by the policy, and with nobody else told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, Response, expect
from redis.asyncio import Redis

from tests.browser.journeys.conftest import DESK, SHUT, Device, Room, Shop, is_inside, waits
from tests.browser.journeys.test_accessible import check
from tests.contract.harness import Gateway, start_gateway
from tests.themes.test_moved import PAGE
from waitroom.themes.looks import LookName

pytestmark = pytest.mark.anyio
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 32" onload="document.title='it ran'">
<script>document.title = "it ran"; fetch("/told")</script><circle cx="16" cy="16" r="15" fill="#0a5f8f"/>
<!--{}--></svg>""".format("x" * 1200)
OWN = """{% extends "waitroom/waiting.html" %}
{% block message %}<p class="stock">You are {{ position }} of {{ waiting }}. Sizes 36 to 45.</p>{{ super() }}
{% endblock %}"""
MOVED = (
    PAGE.replace("begin(", "void (")
    .replace("  {{#waitTimeKnown}}\n", "")
    .replace("  {{/waitTimeKnown}}\n", "")
)
CSS = ".stock { border-inline-start: 4px solid var(--accent); padding-inline-start: 1rem }"
LINKS = {"imprint": "https://shop.example/imprint", "help": "mailto:help@shop.example"}


@pytest.fixture(scope="module")
def themed(shop: Shop, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with a room for each look, one with templates of its own, and one with a page of Cloudflare's."""
    folder = tmp_path_factory.mktemp("themed")
    (folder / "own").mkdir()
    (folder / "own" / "waiting.html").write_text(OWN)
    for name, text in (("logo.svg", LOGO), ("own.css", CSS), ("page.html", MOVED)):
        (folder / name).write_text(text)
    looks = {f"l-{look}": {"look": look.value, "name": "Kettle & Cup", "links": LINKS} for look in LookName}
    rooms = {
        **looks,
        "t-logo": {"logo": "logo.svg", "logo_alt": "Kettle", "accent": "#0a5f8f"},
        "t-own": {"templates": "own", "css": "own.css"},
        "t-moved": {"cloudflare_page": "page.html"},
    }
    started = start_gateway(
        folder,
        redis_url,
        shop.url,
        [
            {**SHUT, "name": name, "paths": [f"/{name}/*"], "theme": theme, "take_along": False}
            for name, theme in rooms.items()
        ],
        languages=["en", "ar"],
    )
    try:
        yield started
        started.stop()
    finally:
        started.kill()


def room(gateway: Gateway, name: str, redis: Redis) -> Room:
    """One of its rooms."""
    return Room(gateway, name, redis, f"/{name}/shoes")


def listened(context: BrowserContext) -> list[str]:
    """What the console of its pages will have said that is wrong."""
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    return said


async def held(page: Page, url: str) -> Response:
    """The answer to somebody who is held there."""
    answer = await page.goto(url)
    assert answer is not None
    return answer


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_each_look_is_accessible(themed: Gateway, redis: Redis, device: Device, theme: str) -> None:
    """axe finds nothing, by day and by night, from left and from right; the links open in a tab of their own."""
    context = await device(size=(320, 640), theme=theme)
    said, page = listened(context), await context.new_page()
    for number, look in enumerate(LookName):
        own = room(themed, f"l-{look}", redis)
        await page.set_extra_http_headers({"accept-language": "ar" if number % 2 else "en"})
        await waits(page, own.url)
        await check(page, f"{look}, {theme}")
        link = page.locator(".links a").first
        assert ("_blank", LINKS["imprint"]) == (
            await link.get_attribute("target"),
            await link.get_attribute("href"),
        )
        assert "Kettle & Cup" in await page.title()
    assert [] == [each for each in said if "503" not in each]


async def test_a_logo_is_shown_and_runs_nothing(
    themed: Gateway, redis: Redis, device: Device, shop: Shop
) -> None:
    """Neither in the page nor where its own address is opened; it is kept for ever and loaded once."""
    context = await device(size=DESK)
    page, own = await context.new_page(), room(themed, "t-logo", redis)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await waits(page, own.url)
    logo = page.locator("img.logo")
    assert "Kettle" == await logo.get_attribute("alt")
    box = await logo.bounding_box()
    assert box is not None and (32, True) == (box["height"], box["width"] > 32)
    address = f"{themed.url}{await logo.get_attribute('src')}"
    assert {own.url, address} == {url for url in asked if "/events" not in url}
    await page.goto(address)
    await page.wait_for_timeout(300)
    assert "it ran" != await page.title()
    assert "/told" not in shop.targets
    headers = (await page.request.get(address)).headers
    assert "sandbox" in headers["content-security-policy"] and "immutable" in headers["cache-control"]


async def test_templates_and_css_of_the_shop_s_own(themed: Gateway, redis: Redis, device: Device) -> None:
    """They are in the page, the page is alive, and the policy lets in no more than ever."""
    context = await device(theme="dark")
    said, page, own = listened(context), await context.new_page(), room(themed, "t-own", redis)
    answer = await held(page, own.url)
    stock = page.locator(".stock")
    await expect(stock).to_have_text(re.compile("You are 1 of 1. Sizes 36 to 45."))
    assert "4px" == await stock.evaluate("element => getComputedStyle(element).borderInlineStartWidth")
    await expect(page.locator("main[data-live]")).to_be_attached()
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert [] == [each for each in said if "503" not in each]
    await check(page, "own templates")
    await own.let_in()
    await is_inside(page)


async def test_a_page_of_cloudflare_s_works_and_lets_in(
    themed: Gateway, redis: Redis, device: Device
) -> None:
    """Its script and styles run, variables in them too; it asks again by itself, and then the shop is there."""
    context = await device(size=DESK)
    await context.route("https://**", lambda route: route.abort())
    said, page, own = listened(context), await context.new_page(), room(themed, "t-moved", redis)
    answer = await held(page, own.url)
    assert 0 < int(answer.headers["refresh"].partition(";")[0]) <= 60
    assert "no-store" in answer.headers["cache-control"]
    assert (503, "rgb(17, 34, 51)") == (
        answer.status,
        await page.evaluate("getComputedStyle(document.body).color"),
    )
    width = await page.evaluate("[typeof minutes, document.querySelector('p').style.width]")
    assert ["number", f"{await page.evaluate('minutes')}px"] == width
    assert [] == [each for each in said if "Content Security Policy" in each]
    await own.let_in()
    await is_inside(page)


async def test_a_page_of_cloudflare_s_is_no_place_for_another_s_words(themed: Gateway, redis: Redis) -> None:
    """Whatever is asked for, the page and its policy are the same: nothing of it stands there."""
    async with httpx.AsyncClient(
        trust_env=False, headers={"accept": "text/html", "sec-fetch-mode": "navigate"}
    ) as client:
        url = room(themed, "t-moved", redis).url
        pages = [await client.get(url + more) for more in ("", "?a=<script>alert(1)</script>")]
    assert pages[0].text == pages[1].text
    assert pages[0].headers["content-security-policy"] == pages[1].headers["content-security-policy"]
