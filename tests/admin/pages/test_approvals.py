"""What needs two people waits, on both their pages, until the second has decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from admin.auth.roles import Role
from tests.admin.conftest import CONFIG, SECRET, Client
from tests.admin.pages.conftest import Open
from waitroom.settings import Settings, load

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(tmp_path: Path, scratch_url: str) -> Settings:
    """A site where a rate above 200 needs two."""
    config = tmp_path / "waitroom.toml"
    text = CONFIG.format(secret=SECRET, redis_url=scratch_url, data_dir=tmp_path / "data")
    config.write_text(text + "\n[approval]\nrate_above = 200\n")
    return load(config, environ={})


async def test_a_high_rate_waits_for_a_second_person(open_page: Open, client: Client) -> None:
    """Whoever asked can take it back, and not approve of it; the other does it by one click."""
    anna, bert = await open_page("/rooms/drop"), await open_page("/rooms/drop", who="bert")
    viewer = client(Role.VIEWER)
    for page in (anna, bert):
        await expect(page.locator("#clock")).not_to_be_empty()
    await anna.fill("#rate", "500")
    await anna.fill("#why", "the big moment")
    await anna.click("#confirm")
    await expect(anna.locator(".toast")).to_contain_text("waits for a second person")
    mine, theirs = anna.locator("#approvals li"), bert.locator("#approvals li")
    await expect(mine).to_contain_text("You ask for a second person: the big moment")
    await expect(mine.get_by_role("button", name="Approve")).to_be_hidden()
    await expect(theirs).to_contain_text("Rate 120 → 500")
    assert 120 == (await viewer.get("/api/rooms/drop")).json()["rate"]
    await theirs.get_by_role("button", name="Approve").click()
    await expect(bert.locator(".toast")).to_contain_text("Approved and done: rate 120 → 500")
    await expect(anna.locator("#rate")).to_have_value("500")
    await expect(anna.locator("#approvals")).to_be_hidden()
    assert 500 == (await viewer.get("/api/rooms/drop")).json()["rate"]


async def test_a_plan_that_waits_is_told_in_words(open_page: Open, client: Client) -> None:
    """On the page of the room, where the second person decides."""
    bert = await open_page("/rooms/drop", who="bert")
    event = {"opens": "2990-01-01 10:00", "prequeue": "30m", "draw": False, "rate": "900"}
    events = [
        event | {"name": f"sale-{day}", "opens": f"2990-01-0{day} 10:00", "closes": "6h"}
        for day in range(1, 6)
    ]
    asked = await client(Role.OPERATOR).put(
        "/api/rooms/drop/plan", json={"events": events}, headers={"if-match": "*"}
    )
    assert 202 == asked.status_code
    waits = bert.locator("#approvals li")
    await expect(waits).to_contain_text("Plan event sale-1: opens 2990-01-01 10:00, closes 6h, rate 900")
    await expect(waits).to_contain_text("event sale-5: opens")
