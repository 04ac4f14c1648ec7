"""The page of alerts in a browser: what is wrong, who is told, and a test that says what came of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from admin.auth.roles import Role
from tests.admin.alerts.receiver import Receiver, Say, receiving
from tests.admin.conftest import CONFIG, SECRET
from tests.admin.pages.conftest import DESK, PHONE, Open
from tests.admin.pages.test_accessible import violations
from waitroom.settings import Settings, load

pytestmark = pytest.mark.anyio

ALERTS = """
[[alerts]]
name = "workers"
lasting = "0s"

[[alerts]]
name = "slow-workers"
condition = "workers"
threshold = 5
lasting = "1h"

[[alerts]]
name = "latency"
on = false

[[notify]]
name = "on-call"
url = "{url}"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
timeout = "50s"

[[notify]]
name = "crm"
url = "http://127.0.0.1:9/tok-of-stones"
events = ["*", "!room.limit_changed"]
rooms = ["drop"]
severity = "info"

[[notify]]
name = "chat"
kind = "apprise"
url = "slack://tok-of-stones"
events = ["room.reset"]
"""


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Where one of the channels leads."""
    async with receiving() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, scratch_url: str, receiver: Receiver) -> Settings:
    """A site without a worker, with three channels of which one works."""
    config = tmp_path / "waitroom.toml"
    text = CONFIG.format(secret=SECRET, redis_url=scratch_url, data_dir=tmp_path / "data")
    config.write_text(text + ALERTS.format(url=receiver.url))
    return load(config, environ={})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_page_is_for_everyone(open_page: Open, theme: str, size: tuple[int, int]) -> None:
    """By axe's rules, with something in each of its parts; nothing runs over the side."""
    page = await open_page("/alerts", theme=theme, size=size)
    await expect(page.locator('[data-part="now"]')).to_contain_text(
        "0 workers of the gateway are alive (limit: at least 1)"
    )
    await expect(page.locator('[data-part="channels"]')).to_contain_text("Failing")
    await expect(page.locator('[data-part="deliveries"]')).to_contain_text("Delivered")
    await expect(page.locator("#clock")).not_to_be_empty()
    assert [] == await violations(page)
    assert size[0] >= await page.evaluate("document.documentElement.scrollWidth")
    assert "stones" not in await page.content()


async def test_a_test_is_sent_and_says_what_came_of_it(open_page: Open, receiver: Receiver) -> None:
    """By its button; who stands on the button still does when the page has changed around it."""
    page = await open_page("/alerts", who="anna")
    await expect(page.locator('[data-part="channels"]')).to_contain_text("Works")
    button = page.get_by_role("button", name="Send a test to on-call")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("The test has reached on-call.")
    await expect(page.locator('[data-part="deliveries"]')).to_contain_text("Test of the channel on-call")
    await expect(button).to_be_focused()
    assert b"token anna" in receiver.got[-1].body


async def test_a_test_that_fails_says_why(open_page: Open, receiver: Receiver) -> None:
    """And while one is under way, the button says so."""
    page = await open_page("/alerts")
    await expect(page.locator('[data-part="channels"]')).to_contain_text("Works")
    receiver.always = Say(403, body="who are you, tok-3n-of-stones?")
    await page.get_by_role("button", name="Send a test to on-call").click()
    await expect(page.locator("#flash")).to_contain_text(
        "The test has not reached on-call: 403 Forbidden: who are you, …?"
    )
    await expect(page.locator('[data-part="channels"]')).to_contain_text("Failed")
    await page.get_by_role("button", name="Send a test to chat").click()
    await expect(page.locator("#flash")).to_contain_text("Apprise cannot use this slack:// address")
    receiver.always = Say(hang=True)
    await page.wait_for_timeout(3100)
    await page.get_by_role("button", name="Send a test to on-call").click()
    await expect(page.locator("#test-on-call")).to_have_text(re.compile("Sending…"))


async def test_a_viewer_looks_only(open_page: Open) -> None:
    """And sees the same, without a script too."""
    page = await open_page("/alerts", Role.VIEWER, scripts=False)
    await expect(page.locator("h1")).to_have_text("Alerts")
    await expect(page.locator('[data-part="channels"]')).to_contain_text("on-call")
    await expect(page.locator("[data-test]")).to_have_count(0)
