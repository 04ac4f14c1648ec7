"""The checkout's transaction, under real concurrency."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from waitroom.demo.shop import cart, orders
from waitroom.demo.shop.cart import SoldOutError
from waitroom.demo.shop.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A shop on opening day: twelve moon jars."""
    opened = Database(tmp_path)
    yield opened
    opened.close()


def test_the_last_one_is_sold_once(database: Database, tmp_path: Path) -> None:
    """Forty buyers through two processes' worth of connections get twelve jars between them."""
    other = Database(tmp_path)

    def buy(buyer: int) -> bool:
        name, shop = f"cart-{buyer}", (database, other)[buyer % 2]
        try:
            cart.put(shop, name, "moon-jar", 1)
            orders.place(shop, name, "Ada")
        except SoldOutError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        bought = list(pool.map(buy, range(40)))
    assert (12, 0, 12) == (sum(bought), cart.stock(database)["moon-jar"], orders.count(database))
    other.close()


def test_an_order_is_all_or_nothing(database: Database) -> None:
    """A cart with one piece gone buys nothing of the rest, keeps its lines, and says how many are left."""
    for buyer in range(11):
        cart.put(database, f"cart-{buyer}", "moon-jar", 1)
        orders.place(database, f"cart-{buyer}", "Ada")
    cart.put(database, "late", "thumb-cup", 1)
    cart.put(database, "late", "moon-jar", 2)
    with pytest.raises(SoldOutError) as refused:
        orders.place(database, "late", "Bo")
    assert 1 == refused.value.remaining
    assert (1, 600) == (cart.stock(database)["moon-jar"], cart.stock(database)["thumb-cup"])
    assert 3 == cart.read(database, "late").count
    assert 11 == orders.count(database)


def test_what_is_sold_stays_sold(database: Database, tmp_path: Path) -> None:
    """A shop that is started again finds its stock and its orders."""
    cart.put(database, "cart", "moon-jar", 2)
    number = orders.place(database, "cart", "Ada")
    again = Database(tmp_path)
    order = orders.read(again, number, "cart")
    assert order is not None
    assert (10, 48_000) == (cart.stock(again)["moon-jar"], order.total_cents)
    again.close()
