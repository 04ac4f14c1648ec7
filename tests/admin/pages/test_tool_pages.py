"""The other tools in a browser: the tester, invitations, rehearsals, previews."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import FilePayload, expect

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.pages.conftest import Crowd, Open
from tests.admin.pages.test_accessible import violations
from tests.admin.pages.test_message_page import LOOKS
from waitroom.previews.samples import SAMPLES

pytestmark = pytest.mark.anyio

PAGES = {
    "bypass": "/rooms/drop/bypass",
    "preview": "/rooms/drop/preview",
    "invitations": "/rooms/drop/invitations",
    "rehearsals": "/rehearsals",
}


def upload(content: bytes) -> FilePayload:
    """A CSV file."""
    return {"name": "m.csv", "mimeType": "text/csv", "buffer": content}


async def test_the_tester_says_what_becomes_of_a_request(
    open_page: Open, console: Console, crowd: Crowd
) -> None:
    """By whom, and why each rule does not count; what cannot be sent is told."""
    await console.live.rooms["drop"].change({"mode": "queue"}, who="test")
    page = await open_page(PAGES["bypass"], Role.VIEWER)
    await page.get_by_role("button", name="Try it").click()
    await expect(page.locator("#fate")).to_have_text("Waits in line")
    await expect(page.locator('[data-o="answer"]')).to_have_text("503, the waiting page")
    await page.get_by_text("A pass", exact=True).click()
    await page.get_by_role("button", name="Try it").click()
    await expect(page.locator("#fate")).to_have_text("Goes to the shop")
    await page.fill("#t-url", "javascript:alert(1)")
    await page.get_by_role("button", name="Try it").click()
    await expect(page.locator("#t-wrong")).to_contain_text("url: given")


async def test_an_invitation_is_minted_looked_at_and_revoked(open_page: Open) -> None:
    """It is shown once."""
    page = await open_page(PAGES["invitations"])
    await page.get_by_role("button", name="Mint", exact=True).click()
    await expect(page.locator("#secret")).to_contain_text("https://drop.example/__waitroom/drop/enter?i=")
    link = await page.locator("#secret").inner_text()
    await page.fill("#l-what", link)
    await page.get_by_role("button", name="Look", exact=True).click()
    await expect(page.locator("#looked")).to_contain_text("yes")
    await page.locator("[data-revoke]").click()
    await page.locator("#revoking").get_by_role("button", name="Revoke").click()
    await expect(page.locator('[data-part="batches"]')).to_contain_text("Revoked")
    await page.get_by_role("button", name="Look", exact=True).click()
    await expect(page.locator("#looked")).to_contain_text("no: it is revoked")
    await page.reload()
    await expect(page.locator("#once")).to_be_hidden()


async def test_a_file_of_members_becomes_a_file_of_links(open_page: Open) -> None:
    """With what is wrong with it told by its line."""
    page = await open_page(PAGES["invitations"])
    await page.get_by_text("A CSV of members", exact=True).click()
    await page.set_input_files("#i-file", files=upload(b"name\nx\n"))
    await page.get_by_role("button", name="Mint", exact=True).click()
    await expect(page.locator("#i-wrong")).to_contain_text(
        'members:1: exactly one column must be named "member"'
    )
    members = "member,name\n" + "".join(f"m{number},=A{number}\n" for number in range(3000))
    await page.set_input_files("#i-file", files=upload(members.encode()))
    await page.get_by_role("button", name="Mint", exact=True).click()
    await expect(page.locator("#minting-says")).to_contain_text("3,000 minted")
    href = await page.locator("#download").get_attribute("href")
    download = await page.context.request.get(href or "")
    lines = (await download.text()).splitlines()
    assert (3001, "member,name,invitation,link,expires") == (len(lines), lines[0])
    assert lines[1].startswith("m0,'=A0,")
    assert 'filename="drop-links-' in download.headers["content-disposition"]


async def test_a_rehearsal_runs_to_its_report(open_page: Open) -> None:
    """Its progress is shown, and its report in a frame that reaches nothing of the console."""
    page = await open_page(PAGES["rehearsals"])
    await page.get_by_role("button", name="A flash sale").click()
    await page.fill("#v-visitors", "400")
    await page.fill("#v-over", "3m")
    await page.fill("#v-rate", "fast")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator("#v-wrong")).to_contain_text("rate: 'fast' is not a rate a minute")
    await page.fill("#v-rate", "600")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator("#running")).to_be_visible()
    await page.get_by_role("link", name="400 visitors at 600 a minute").click(timeout=60_000)
    report = page.frame_locator(".report iframe")
    await expect(report.locator("h1")).to_have_text("400 visitors at 600 a minute")
    await expect(report.locator("canvas").first).to_be_visible()
    frame = next(each for each in page.frames if each.url.endswith("/report"))
    assert "null" == await frame.evaluate("origin")


async def test_a_rehearsal_is_cancelled(open_page: Open) -> None:
    """And another can be started."""
    page = await open_page(PAGES["rehearsals"])
    await page.get_by_role("button", name="The worst evening").click()
    await page.fill("#v-over", "10h")
    await page.get_by_role("button", name="Start", exact=True).click()
    await page.click("#cancel")
    await expect(page.locator('[data-part="list"]')).to_contain_text("Cancelled")
    await expect(page.locator("#go")).to_be_enabled()


async def test_the_calculator_answers_as_one_types(open_page: Open) -> None:
    """In sentences."""
    page = await open_page(PAGES["rehearsals"])
    await page.fill("#s-waiting", "6000")
    await page.fill("#s-within", "10m")
    await expect(page.locator("#answers")).to_contain_text("To end within 10 min: 600 a minute.")
    await page.fill("#s-within", "soon")
    await expect(page.locator("#s-wrong")).to_contain_text("within")


async def test_each_state_of_the_waiting_page_is_shown_in_light_and_dark(open_page: Open) -> None:
    """Whatever the viewer's own system is in, by the real script; nothing of it asks for anything."""
    page = await open_page(PAGES["preview"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    headings = set()
    for name, sample in SAMPLES.items():
        await page.get_by_text(sample.label, exact=True).click()
        frame = page.frame_locator('.look-phone iframe[data-scheme="dark"]')
        await expect(frame.locator(f'#line[data-state="{sample.state}"]')).to_be_visible()
        headings.add(await frame.locator("h1:visible").inner_text())
        if sample.opens:
            await expect(frame.locator("#countdown")).to_contain_text(":")
        assert name in page.frames[-1].url or any(f"state={name}" in each.url for each in page.frames)
    assert 12 == len(headings)
    light, dark = [
        await page.frame_locator(f'.look-phone iframe[data-scheme="{scheme}"]')
        .locator("body")
        .evaluate("body => getComputedStyle(body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert light != dark
    await page.fill("#p-text", "Tried \u202e out")
    await expect(page.locator("#p-wrong")).to_contain_text("U+202E")
    await page.fill("#p-text", "Tried out")
    await expect(page.frame_locator(".look-phone iframe >> nth=0").locator("#message-text")).to_have_text(
        "Tried out"
    )
    await asyncio.sleep(0.5)
    assert [] == [url for url in asked if "/__waitroom/" in url]


@pytest.mark.parametrize("name", PAGES)
async def test_axe_finds_nothing(open_page: Open, name: str) -> None:
    """In light and dark, wide and narrow."""
    page = await open_page(PAGES[name], Role.ADMIN)
    if name == "bypass":
        await page.get_by_role("button", name="Try it").click()
        await expect(page.locator("#outcome-some")).to_be_visible()
    if name == "invitations":
        await page.get_by_role("button", name="Mint", exact=True).click()
        await expect(page.locator("[data-revoke]")).to_be_visible()
    for (width, height), theme in LOOKS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=theme)
        assert [] == await violations(page), (width, theme)
        assert width >= await page.evaluate("document.documentElement.scrollWidth")
