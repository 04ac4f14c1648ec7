"""Signing in, one's account, who may, and the log of it, in a real Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pyotp
import pytest
import trustme
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.pages.conftest import DESK, PHONE, serving
from tests.admin.pages.test_accessible import violations
from tests.admin.people import OTHER_PASSWORD, PASSWORD, make_user

pytestmark = pytest.mark.anyio


class Visit(Protocol):
    """A browser of its own, with nobody signed in."""

    async def __call__(
        self, *, size: tuple[int, int] = DESK, theme: str = "light", scripts: bool = True
    ) -> Page: ...


@pytest.fixture
async def visit(chromium: Browser, address: str) -> AsyncIterator[Visit]:
    """Opens browsers. What their scripts complain of, or the policy of the pages, fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        refused = ("Failed to load resource", "Access to fetch at")
        if message.type == "error" and not message.text.startswith(refused):
            complaints.append(message.text)

    async def one(*, size: tuple[int, int] = DESK, theme: str = "light", scripts: bool = True) -> Page:
        context = await chromium.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Riga",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", heard)
        return page

    yield one
    for context in contexts:
        with suppress(Exception):
            await context.close()
    assert [] == complaints


async def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fills in the first page of the sign-in."""
    await page.goto("/sign-in")
    await page.fill("#name", name)
    await page.fill("#password", password)
    await press(page, "Sign in")


async def press(page: Page, name: str) -> None:
    """Presses a button."""
    await page.get_by_role("button", name=name, exact=True).click()


async def code_of(page: Page) -> str:
    """What an app shows that was given the secret on the page."""
    shown: str = pyotp.TOTP((await page.inner_text(".secret")).strip()).now()
    return shown


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_the_first_evening(visit: Visit, console: Console, scripts: bool) -> None:
    """The first admin comes by the link, sets up the app, invites somebody, and ends their session while they work.
    Nothing of it needs a script."""
    anna = await visit(scripts=scripts)
    await anna.goto(console.people.links.first() or "")
    await anna.fill("#name", "anna")
    await anna.fill("#password", "passwordpassword")
    await press(anna, "Begin")
    await expect(anna.locator("#wrong-password")).to_contain_text("harder to guess")
    await anna.fill("#password", PASSWORD)
    if scripts:
        await anna.get_by_label("Show it").check()
        await expect(anna.locator("#password")).to_have_attribute("type", "text")
    await press(anna, "Begin")
    await expect(anna.locator("h1")).to_have_text("Rooms")

    await anna.goto("/account")
    await anna.get_by_role("link", name="Set up").click()
    used = await code_of(anna)
    await anna.fill("#code", used)
    await press(anna, "Turn on")
    await expect(anna.locator("h1")).to_have_text("Your recovery codes")
    recovery = await anna.locator(".recovery code").first.inner_text()
    await anna.get_by_role("link", name="I have kept them").click()
    await expect(anna.locator("body")).to_contain_text("10 recovery codes are left")

    await anna.goto("/access")
    await anna.fill("#name", "bob")
    await anna.select_option("#role", "operator")
    await press(anna, "Make a link")
    link = await anna.inner_text(".once .secret")
    bob = await visit(scripts=scripts)
    await bob.goto(link)
    await bob.fill("#password", OTHER_PASSWORD)
    await press(bob, "Save and sign in")
    await expect(bob.locator("h1")).to_have_text("Rooms")
    await expect(bob.locator("nav")).not_to_contain_text("Access")
    await bob.goto("/account")
    await bob.fill("#old", OTHER_PASSWORD)
    await bob.fill("#new", "mitten orbit gravel yacht")

    await anna.goto("/access")
    await anna.locator("tr", has_text="bob").get_by_role("button", name="Sign out").click()
    await expect(anna.locator("h1")).to_have_text("Access")
    await press(bob, "Change password")
    await expect(bob.locator("h1")).to_have_text("Sign in")
    await sign_in(bob, "bob", OTHER_PASSWORD)
    await expect(bob.locator("h1")).to_have_text("Rooms")

    await anna.goto("/account")
    await press(anna, "Sign out")
    await sign_in(anna, "Anna")
    await expect(anna.locator("h1")).to_have_text("One more step")
    await anna.fill("#code", used)
    await press(anna, "Go on")
    await expect(anna.locator("#problem")).to_contain_text("was used already")
    await anna.fill("#code", recovery)
    await press(anna, "Go on")
    await expect(anna.locator("h1")).to_have_text("Rooms")
    await anna.goto("/audit")
    await anna.select_option("#action", "endUserSessions")
    await anna.get_by_role("button", name="Filter").click()
    await expect(anna.locator("tbody tr")).to_have_count(1)
    await expect(anna.locator("tbody tr")).to_contain_text("bob")
    async with anna.expect_download() as download:
        await anna.get_by_role("link", name="CSV").click()
    assert "audit.csv" == (await download.value).suggested_filename


async def everywhere(page: Page) -> None:
    """Nothing is wrong with a page: light and wide, dark and narrow."""
    for width, height in (DESK, PHONE):
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme="light" if (width, height) == DESK else "dark")
        assert [] == await violations(page), (page.url, width)
        assert width >= await page.evaluate("document.documentElement.scrollWidth"), page.url


async def test_axe_finds_nothing_before_the_sign_in(visit: Visit, console: Console) -> None:
    """On any page of the way in, with what was wrong on it."""
    page = await visit()
    await page.goto("/sign-in")
    await everywhere(page)
    await page.goto(console.people.links.first() or "")
    await page.fill("#name", "anna")
    await page.fill("#password", "passwordpassword")
    await press(page, "Begin")
    await everywhere(page)
    await page.goto("/welcome?link=over")
    await everywhere(page)
    user = await make_user(console, "anna", Role.ADMIN)
    await console.people.users.set_totp(user.id, console.people.totp.seal("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
    await sign_in(page, "anna", "wrong password")
    await everywhere(page)
    await sign_in(page, "anna")
    await page.fill("#code", "000000")
    await press(page, "Go on")
    await everywhere(page)


async def test_axe_finds_nothing_on_the_pages_of_people(visit: Visit, console: Console) -> None:
    """With a link and a token that are shown once, and with what was wrong."""
    await make_user(console, "anna", Role.ADMIN)
    page = await visit()
    await sign_in(page, "anna")
    await page.goto("/account/codes")
    await everywhere(page)
    await page.fill("#code", await code_of(page))
    await press(page, "Turn on")
    await everywhere(page)
    await page.goto("/account")
    await page.fill("#old", "wrong password")
    await page.fill("#new", OTHER_PASSWORD)
    await press(page, "Change password")
    await everywhere(page)
    await page.goto("/access")
    await page.fill("#name", "a.very.long.name@department.shop.example")
    await press(page, "Make a link")
    await everywhere(page)
    await page.fill("#label", "Deploys")
    await press(page, "Make a token")
    await everywhere(page)
    await page.goto("/audit")
    await everywhere(page)


async def test_over_https_the_browser_keeps_the_cookie_of_this_host_alone(
    app: FastAPI, console: Console, chromium: Browser, tmp_path: Path
) -> None:
    """Over plain HTTP on the loopback it keeps that one too; a browser that would not has the other."""
    await make_user(console, "anna", Role.VIEWER)
    authority = trustme.CA()
    certificate = tmp_path / "certificate.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    for tls, names in (
        (certificate, {"__Host-waitroom_console"}),
        (None, {"__Host-waitroom_console", "waitroom_console"}),
    ):
        async with serving(app, certificate=tls) as url:
            context = await chromium.new_context(base_url=url, ignore_https_errors=True)
            page = await context.new_page()
            await sign_in(page, "anna")
            await expect(page.locator("h1")).to_have_text("Rooms")
            kept = {each["name"]: each for each in await context.cookies() if "console" in each["name"]}
            assert names == set(kept)
            assert all(each["httpOnly"] and each["sameSite"] == "Lax" for each in kept.values())
            assert kept["__Host-waitroom_console"]["secure"]
            await context.clear_cookies(name="__Host-waitroom_console")
            await page.reload()
            await expect(page.locator("h1")).to_have_text("Sign in" if tls else "Rooms")
            await context.close()


async def test_another_site_cannot_make_a_browser_act(visit: Visit, console: Console, address: str) -> None:
    """Neither by a form nor by a script, with somebody signed in; nor from another port of the same host, where the
    browser sends the cookies along."""
    await make_user(console, "anna", Role.ADMIN)
    page = await visit()
    await sign_in(page, "anna")
    await expect(page.locator("h1")).to_have_text("Rooms")
    form = (
        f'<form method="post" action="{address}/access/users"><input name="name" value="eve">'
        '<input name="role" value="admin"><button>Win</button></form>'
    )
    for origin in ("http://evil.test", "http://127.0.0.1:9"):
        await page.route(f"{origin}/", lambda route: route.fulfill(body=form, content_type="text/html"))
        await page.goto(f"{origin}/")
        await press(page, "Win")
        await page.wait_for_url(f"{address}/**")
        await page.goto(f"{origin}/")
        await page.evaluate(
            "url => fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include',"
            " body: new URLSearchParams({name: 'eve', role: 'admin'})}).catch(() => 0)",
            f"{address}/access/users",
        )
    assert ["anna"] == [user.name for user in await console.people.users.all()]
    await page.goto("/access")
    await expect(page.locator("h1")).to_have_text("Access")
