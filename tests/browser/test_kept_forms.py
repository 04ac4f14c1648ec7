"""A shopper sends a form, has to wait, and the form is sent once they are in: in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from starlette.types import Receive, Scope, Send

from tests.browser.conftest import OpenBrowser
from tests.contract.harness import Gateway, start_gateway
from tests.contract.recording_shop import RecordingShop, served

PATIENCE = 30  # seconds that a slow machine gets
PAGE = b"""<!doctype html><meta charset=utf-8><title>order</title>
<form method=post action="/order/send?step=2" enctype="multipart/form-data">
<input name=name value="Gr\xc3\xbc\xc3\x9fe"><input type=file name=photo id=photo><button id=send>order</button>
</form>"""
ROOMS: list[dict[str, object]] = [
    {
        "name": name, "paths": [f"/{name}/*"], "mode": "queue", "rate": 0, "presence": "20s",
        "forms": {"paths": [f"/{name}/*"], "fresh": fresh},
    }
    for name, fresh in (("asks", "0s"), ("sends", "1h"), ("plain", "1h"))
]  # fmt: skip


class Shop(RecordingShop):
    """A shop whose cart is in no room, and has a form that leads into one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The cart, or what a recording shop answers."""
        if not scope["path"].startswith("/cart/"):
            await super().__call__(scope, receive, send)
            return
        name = scope["path"].rpartition("/")[2].encode()
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        )
        await send({"type": "http.response.body", "body": PAGE.replace(b"/order/", b"/%b/" % name)})


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """The shop."""
    running = Shop()
    with served(running):
        yield running


@pytest.fixture(scope="module")
def site(shop: Shop, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose rooms hold everyone at first."""
    gateway = start_gateway(tmp_path_factory.mktemp("forms"), redis_url, shop.url, ROOMS, workers=2)
    try:
        yield gateway
        gateway.stop()
    finally:
        gateway.kill()


def until(browser: webdriver.Chrome, text: str) -> None:
    """Waits until this is said."""
    stale = [StaleElementReferenceException, NoSuchElementException]
    WebDriverWait(browser, PATIENCE, poll_frequency=0.1, ignored_exceptions=stale).until(
        lambda b: text in b.find_element(By.TAG_NAME, "body").text
    )


def order(browser: webdriver.Chrome, site: Gateway, room: str, photo: Path) -> None:
    """Fills the form in and sends it; the line answers."""
    browser.get(f"{site.url}/cart/{room}")
    browser.find_element(By.ID, "photo").send_keys(str(photo))
    browser.find_element(By.ID, "send").click()
    until(browser, "Your form is kept, encrypted.")


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of all bytes."""
    path = tmp_path_factory.mktemp("photo") / "a photo.bin"
    path.write_bytes(bytes(range(256)))
    return path


def arrived(shop: Shop, room: str, photo: Path) -> None:
    """The form has reached the shop, once and whole."""
    found = [seen for seen in shop.seen if seen.method == "POST" and seen.target == f"/{room}/send?step=2"]
    assert 1 == len(found)
    assert photo.read_bytes() in found[0].body and "Grüße".encode() in found[0].body


def test_the_shopper_is_asked(chromium: webdriver.Chrome, site: Gateway, shop: Shop, photo: Path) -> None:
    """The page of the line says that it is kept; once in, one press sends it, and going back sends nothing more."""
    order(chromium, site, "asks", photo)
    site.set("asks", "mode=pass")
    until(chromium, "Send your form now?")
    assert [] == [seen for seen in shop.seen if seen.method == "POST"]
    chromium.find_element(By.CSS_SELECTOR, "#kept button").click()
    until(chromium, "the shop")
    arrived(shop, "asks", photo)
    chromium.get(f"{site.url}/__waitroom/asks/form?to=/asks/after")
    until(chromium, "the shop")
    assert chromium.current_url.endswith("/asks/after")
    arrived(shop, "asks", photo)


def test_a_fresh_form_goes_by_itself(
    chromium: webdriver.Chrome, site: Gateway, shop: Shop, photo: Path
) -> None:
    """The shopper sees the line, and then what the shop says to the form."""
    order(chromium, site, "sends", photo)
    site.set("sends", "mode=pass")
    until(chromium, "the shop")
    arrived(shop, "sends", photo)


def test_without_javascript_a_button_sends_it(
    open_browser: OpenBrowser, site: Gateway, shop: Shop, photo: Path
) -> None:
    """The page of the line comes back by itself, and there is a button."""
    browser = open_browser(javascript=False)
    order(browser, site, "plain", photo)
    site.set("plain", "mode=pass")
    until(browser, "Send your form now?")
    browser.find_element(By.CSS_SELECTOR, "#kept button").click()
    until(browser, "the shop")
    arrived(shop, "plain", photo)
