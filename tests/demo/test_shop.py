"""The demo shop as people and apps meet it, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

StartShop = Callable[..., str]


@pytest.fixture
def shopper(start_shop: StartShop) -> Iterator[httpx.Client]:
    """A browser with its cookies, at a shop without limits."""
    base = start_shop("--capacity", "0")
    with httpx.Client(base_url=base, follow_redirects=True, trust_env=False) as client:
        yield client


def test_a_visit_ends_in_an_order(shopper: httpx.Client) -> None:
    """From the home page through cart and checkout to an order that takes from the stock."""
    assert "/pieces/ember-mug" in shopper.get("/").text
    assert "Add to cart" in shopper.get("/pieces/ember-mug").text
    cart = shopper.post("/cart", data={"slug": "ember-mug", "quantity": "2"})
    assert "€68.00" in cart.text
    order = shopper.post("/checkout", data={"name": "Ada <b>"})
    assert "/orders/1401" == order.url.path
    assert "done" == order.headers["Waitroom-Command"]
    assert "Ada &lt;b&gt;" in order.text
    stats = shopper.get("/shop/stats").json()
    assert (1, 598) == (stats["orders"], stats["stock"]["ember-mug"])
    assert "/cart" == shopper.post("/checkout", data={"name": "Ada"}).url.path


def test_an_order_is_its_buyers_own(shopper: httpx.Client) -> None:
    """Another visitor who guesses the number finds nothing."""
    shopper.post("/cart", data={"slug": "thumb-cup"})
    order = shopper.post("/checkout", data={"name": "Ada"})
    assert 200 == shopper.get(order.url.path).status_code
    assert 404 == httpx.get(order.url, trust_env=False).status_code


def test_apps_buy_by_json(shopper: httpx.Client) -> None:
    """The API has the same cart and the same stock, and refuses in JSON."""
    products = shopper.get("/api/products").json()["products"]
    assert {"slug": "moon-jar", "name": "Moon jar", "price_cents": 24000, "stock": 12} == products[0]
    cart = shopper.post("/api/cart", json={"slug": "moon-jar", "quantity": 9}).json()
    assert {
        "lines": [{"slug": "moon-jar", "quantity": 2, "total_cents": 48000}],
        "total_cents": 48000,
    } == cart
    answer = shopper.post("/api/checkout", json={"name": "Ada"})
    assert (201, {"order": 1401}) == (answer.status_code, answer.json())
    assert "done" == answer.headers["Waitroom-Command"]
    assert 409 == shopper.post("/api/checkout", json={}).status_code
    assert 404 == shopper.post("/api/cart", json={"slug": "gold"}).status_code
    assert 400 == shopper.post("/api/cart", content=b"{").status_code
    assert {"error": "not found"} == shopper.get("/api/nothing").json()


def test_a_cart_can_be_emptied(shopper: httpx.Client) -> None:
    """None of a piece takes it out, and there is no checkout of nothing."""
    shopper.post("/cart", data={"slug": "tide-bowl"})
    assert "Nothing in it yet" in shopper.post("/cart", data={"slug": "tide-bowl", "quantity": "0"}).text
    assert "/cart" == shopper.get("/checkout").url.path


def test_pages_need_nothing_from_elsewhere(shopper: httpx.Client) -> None:
    """Pages load only the shop's own files, may not be cached, and the files may."""
    page = shopper.get("/")
    assert "no-store, private" == page.headers["Cache-Control"]
    assert "http" not in page.text
    for path in ("/static/shop.css", "/static/mark.svg", "/static/art/moon-jar.svg"):
        assert path in page.text
        answer = shopper.get(path)
        assert (200, "public, max-age=3600") == (answer.status_code, answer.headers["Cache-Control"])
    css = shopper.get("/static/shop.css").text
    assert "url(" not in css


@pytest.mark.parametrize("path", ["/nothing", "/pieces/gold", "/orders/1", "/static/../app.py"])
def test_what_is_not_there_is_a_page_of_its_own(shopper: httpx.Client, path: str) -> None:
    """A wrong address is answered 404."""
    assert 404 == shopper.get(path).status_code


def test_a_body_too_large_is_refused(shopper: httpx.Client) -> None:
    """No form of the shop is larger than 16 KiB."""
    assert 413 == shopper.post("/cart", content=b"x" * 20_000).status_code
