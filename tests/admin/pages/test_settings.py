"""The pages of a room's settings and lanes."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from admin.auth.roles import Role
from tests.admin.conftest import Client
from tests.admin.pages.conftest import DESK, PHONE, Crowd, Open
from tests.admin.pages.test_accessible import THEMES, violations

pytestmark = pytest.mark.anyio


async def test_settings_are_changed_together_and_confirmed_once(open_page: Open, client: Client) -> None:
    """With a reason; what is wrong is said, and sets nothing of it."""
    page, viewer = await open_page("/rooms/drop/settings"), client(Role.VIEWER)
    await page.fill("[name=keep]", "20m")
    await page.select_option("[name='challenge.when']", "auto")
    await page.fill("[name='adaptive.least']", "many")
    await expect(page.locator("#save-says")).to_have_text(
        "keep 20m, adaptive: least many, challenge: when auto"
    )
    await page.click("#set")
    await expect(page.locator("#flash")).to_contain_text("adaptive.least")
    assert 600 == (await viewer.get("/api/rooms/drop")).json()["settings"]["keep"]

    await page.fill("[name='adaptive.least']", "6")
    await page.fill("#why", "a slow day")
    await page.click("#set")
    await expect(page.locator(".toast")).to_contain_text(
        "Set: keep 10 min → 20 min, challenge: when off → auto"
    )
    await expect(page.locator("#save")).to_be_hidden()
    told = (await viewer.get("/api/rooms/drop")).json()
    assert (1200, "auto") == (told["settings"]["keep"], told["settings"]["challenge"]["when"])
    assert "a slow day" == told["last_change"]["why"]


async def test_who_is_overtaken_keeps_what_was_typed(open_page: Open, client: Client) -> None:
    """And confirms anew."""
    page, bert = await open_page("/rooms/drop/settings"), client(Role.OPERATOR)
    await page.fill("[name=keep]", "20m")
    await bert.patch("/api/rooms/drop", json={"rate": 33}, headers={"if-match": "*"})
    await page.click("#set")
    await expect(page.locator("#conflict")).to_contain_text("set rate 120 → 33 meanwhile")
    await expect(page.locator("[name=keep]")).to_have_value("20m")
    await page.click("#set")
    await expect(page.locator(".toast")).to_contain_text("Set: keep")


async def test_a_line_begins_anew_only_for_who_types_its_name(
    open_page: Open, crowd: Crowd, client: Client
) -> None:
    """By an admin."""
    await crowd(12, "late-sale")
    page = await open_page("/rooms/late-sale/settings", Role.ADMIN)
    viewer = client(Role.VIEWER)
    before = (await viewer.get("/api/rooms/late-sale")).json()["epoch"]
    await page.click("[data-open=resetting]")
    await page.fill("#reset-name", "late")
    await expect(page.locator("#reset-now")).to_be_disabled()
    await page.fill("#reset-name", "late-sale")
    await page.fill("#reset-why", "a test was running")
    await page.click("#reset-now")
    await expect(page.locator(".toast")).to_contain_text("The line begins anew")
    assert before < (await viewer.get("/api/rooms/late-sale")).json()["epoch"]
    operator = await open_page("/rooms/late-sale/settings")
    await expect(operator.locator("[data-open=resetting]")).to_be_disabled()


async def test_what_weights_come_to_is_shown_while_they_are_typed(open_page: Open, client: Client) -> None:
    """Before they are set."""
    page = await open_page("/rooms/late-sale/lanes")
    share = page.locator('tr[data-lane="members"] [data-share]')
    await expect(share).to_have_text("75 %")
    await page.fill("#weight-members", "1")
    await expect(share).to_have_text("50 %")
    await page.click("#set")
    await expect(page.locator(".toast")).to_contain_text("weight of members 3 → 1")
    lanes = (await client(Role.VIEWER).get("/api/rooms/late-sale")).json()["lanes"]
    assert [1, 1] == [lane["weight"] for lane in lanes]
    await page.fill("#weight-members", "1000")
    await page.click("#set")
    await expect(page.locator("#flash")).to_contain_text("general_share")


async def test_a_viewer_sets_nothing(open_page: Open) -> None:
    """The fields are there to be read."""
    page = await open_page("/rooms/late-sale/settings", Role.VIEWER)
    await expect(page.locator("[name=keep]")).to_be_disabled()
    await page.goto("/rooms/late-sale/lanes")
    await expect(page.locator("#weight-members")).to_be_disabled()


@pytest.mark.parametrize("path", ["/rooms/late-sale/settings", "/rooms/late-sale/lanes"])
async def test_axe_finds_nothing(open_page: Open, path: str) -> None:
    """In no theme, at no width, and nothing runs over the side."""
    page = await open_page(path, Role.ADMIN)
    if path.startswith("/rooms/late-sale"):
        await page.locator("input.input").first.fill("7")
        await expect(page.locator("#save")).to_be_visible()
    for width, height in (DESK, PHONE):
        await page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            await page.emulate_media(color_scheme=theme)
            assert [] == await violations(page), (width, theme)
        assert width >= await page.evaluate("document.documentElement.scrollWidth")
