"""A shopper comes back from a bank's page in a real Chromium: another site, a top-level navigation, by GET or POST."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from starlette.types import Receive, Scope, Send

from tests.browser.conftest import OpenBrowser
from tests.contract.harness import PAGE, Gateway, start_gateway
from tests.contract.recording_shop import RecordingShop, served

PATIENCE = 20  # seconds that a slow machine gets
BANK = """<!doctype html><meta charset={charset}><title>bank</title>
<form method=post action="{action}" accept-charset={charset} enctype="{enctype}" id=f>
<input type=hidden name=PaRes value="eJz+/=&#10;line two &amp; more">
<input type=hidden name=MD value="caf&#233; {emoji}"><input type=hidden name=PaRes value="again">
<input type=hidden name=_charset_><input type=hidden name=empty><button id=back>back</button></form>
<a id=link href="{action}">back</a>"""


class Bank:
    """Another site: a page with a form and a link that lead back to the shop."""

    def __init__(self) -> None:
        self.page = b""
        self.url = ""
        self.charset = "utf-8"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The same page at every address."""
        kind = f"text/html; charset={self.charset}".encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": self.page})

    def set(self, action: str, *, charset: str = "utf-8", enctype: str = "") -> None:
        """The next page."""
        self.charset = charset
        emoji = "🏺" if charset == "utf-8" else ""
        text = BANK.format(action=action, charset=charset, enctype=enctype, emoji=emoji)
        self.page = text.encode(charset)


@pytest.fixture(scope="module")
def recorder() -> Iterator[RecordingShop]:
    """A shop that writes down what reaches it."""
    running = RecordingShop()
    with served(running):
        yield running


@pytest.fixture(scope="module")
def bank() -> Iterator[Bank]:
    """Another site: 127.0.0.1 and localhost are two; two ports of one would be the same."""
    running = Bank()
    with served(running):
        running.url = running.url.replace("127.0.0.1", "localhost")
        yield running


@pytest.fixture(scope="module")
def site(
    recorder: RecordingShop, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway before the shop."""
    folder = tmp_path_factory.mktemp("returns")
    gateway = start_gateway(folder, redis_url, recorder.url, [{"name": "returns", "session": "10m"}])
    try:
        yield gateway
        gateway.stop()
    finally:
        gateway.kill()


@pytest.fixture
def shop(recorder: RecordingShop) -> RecordingShop:
    """The shop, with nothing on record."""
    recorder.begin_anew()
    return recorder


def wait_for(browser: webdriver.Chrome, selector: str) -> None:
    """Waits until something like this is on the page."""
    WebDriverWait(browser, PATIENCE).until(lambda b: b.find_elements(By.CSS_SELECTOR, selector))


def set_mode(site: Gateway, mode: str) -> None:
    """Turns the room, and waits until the gateway has."""
    site.set("returns", f"mode={mode}")
    wanted = 503 if mode == "pause" else 200

    deadline = time.monotonic() + PATIENCE
    while httpx.get(site.url, headers=PAGE, trust_env=False).status_code != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def shopper(open_browser: OpenBrowser, site: Gateway) -> webdriver.Chrome:
    """Somebody inside, while the room lets in nobody else. The shop's session is a cookie of the usual kind."""
    browser = open_browser()
    set_mode(site, "pass")
    site.set("returns", "mode=auto")
    browser.get(site.url)
    wait_for(browser, "#shop")
    browser.execute_script("document.cookie = 'shop_session=1; SameSite=Lax; path=/'")
    set_mode(site, "pause")
    return browser


@pytest.mark.parametrize(
    ("charset", "enctype", "expected"),
    [
        (
            "utf-8", "application/x-www-form-urlencoded",
            b"PaRes=eJz%2B%2F%3D%0D%0Aline+two+%26+more&MD=caf%C3%A9+%F0%9F%8F%BA&PaRes=again&_charset_=UTF-8&empty=",
        ),
        (
            "iso-8859-1", "application/x-www-form-urlencoded",
            b"PaRes=eJz%2B%2F%3D%0D%0Aline+two+%26+more&MD=caf%E9+&PaRes=again&_charset_=windows-1252&empty=",
        ),
        ("utf-8", "multipart/form-data", "café 🏺".encode()),
    ],
)  # fmt: skip
def test_a_form_of_the_bank_comes_back_inside(
    shopper: webdriver.Chrome, site: Gateway, bank: Bank, shop: RecordingShop,
    charset: str, enctype: str, expected: bytes,
) -> None:  # fmt: skip
    """The shop gets the bank's very form, with the visit and without its own cookies, as if nobody stood between."""
    address = f"{site.url}/pay/return?order=7"
    bank.set(address, charset=charset, enctype=enctype)
    shopper.get(bank.url)
    shopper.find_element(By.ID, "back").click()
    wait_for(shopper, "#shop")
    assert address == shopper.current_url
    (seen,) = [seen for seen in shop.seen if seen.method == "POST"]
    assert expected in seen.body
    assert seen.all("content-type")[0].startswith(enctype)
    assert [bank.url, "cross-site"] == seen.all("origin") + seen.all("sec-fetch-site")
    assert ([], 1) == (seen.all("cookie"), len(seen.all("waitroom-visitor")))


def test_the_page_in_between_is_not_in_the_history(
    shopper: webdriver.Chrome, site: Gateway, bank: Bank, shop: RecordingShop
) -> None:
    """Back leads to the bank, as it would without the gateway."""
    bank.set(f"{site.url}/pay/return")
    shopper.get(bank.url)
    shopper.find_element(By.ID, "back").click()
    wait_for(shopper, "#shop")
    shopper.back()
    wait_for(shopper, "#back")
    assert 1 == len([seen for seen in shop.seen if seen.method == "POST"])


def test_the_shop_may_send_the_shopper_on_to_another_site(
    shopper: webdriver.Chrome, site: Gateway, bank: Bank, shop: RecordingShop
) -> None:
    """The policy of the page in between does not reach that far."""
    bank.set(f"{site.url}/pay/return")
    shop.location = f"{bank.url}/thanks"
    shopper.get(bank.url)
    shopper.find_element(By.ID, "back").click()
    WebDriverWait(shopper, PATIENCE).until(lambda b: b.current_url.endswith("/thanks"))


def test_a_link_of_another_site_leads_inside(
    shopper: webdriver.Chrome, site: Gateway, bank: Bank, shop: RecordingShop
) -> None:
    """PayPal and Klarna send their shoppers back by GET: the cookies come along."""
    bank.set(f"{site.url}/pay/return?token=EC-1")
    shopper.get(bank.url)
    shopper.find_element(By.ID, "link").click()
    wait_for(shopper, "#shop")
    (seen,) = [seen for seen in shop.seen if seen.target.startswith("/pay")]
    assert (["shop_session=1"], 1) == (seen.all("cookie"), len(seen.all("waitroom-visitor")))


def test_who_was_not_inside_waits(
    shopper: webdriver.Chrome, open_browser: OpenBrowser, site: Gateway, bank: Bank, shop: RecordingShop
) -> None:
    """The form opens no door to somebody without a pass."""
    bank.set(f"{site.url}/pay/return")
    stranger = open_browser()
    stranger.get(bank.url)
    stranger.find_element(By.ID, "back").click()
    wait_for(stranger, "#line")
    assert [] == [seen for seen in shop.seen if seen.method == "POST"]


def test_without_javascript_there_is_a_button(
    shopper: webdriver.Chrome, open_browser: OpenBrowser, site: Gateway, bank: Bank, shop: RecordingShop
) -> None:
    """One press, and the shopper is back."""
    plain = open_browser(javascript=False)
    set_mode(site, "pass")
    site.set("returns", "mode=auto")
    plain.get(site.url)
    wait_for(plain, "#shop")
    set_mode(site, "pause")
    bank.set(f"{site.url}/pay/return")
    plain.get(bank.url)
    plain.find_element(By.ID, "back").click()
    wait_for(plain, "#return button")
    plain.find_element(By.CSS_SELECTOR, "#return button").click()
    wait_for(plain, "#shop")
    assert 1 == len([seen for seen in shop.seen if seen.method == "POST"])
