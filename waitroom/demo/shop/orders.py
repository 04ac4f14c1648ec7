"""The checkout: a cart becomes an order in one transaction, or nothing happens."""

from __future__ import annotations

from dataclasses import dataclass

from waitroom.demo.shop.cart import Line, SoldOutError
from waitroom.demo.shop.catalogue import BY_SLUG
from waitroom.demo.shop.database import Database


class EmptyCartError(Exception):
    """There is nothing in the cart to buy."""


@dataclass(frozen=True, slots=True)
class Order:
    """A finished order."""

    number: int
    name: str
    lines: tuple[Line, ...]

    @property
    def total_cents(self) -> int:
        """What it cost."""
        return sum(line.total_cents for line in self.lines)


def place(database: Database, cart: str, name: str) -> int:
    """Buys what is in the cart, empties it, and returns the order's number.

    Raises:
        EmptyCartError: nothing is in it, as when the button was pressed twice.
        SoldOutError: fewer of a piece are left than the cart holds; nothing was bought.
    """
    with database.transaction() as connection:
        rows = connection.execute("SELECT slug, quantity FROM cart_lines WHERE cart = ?", (cart,)).fetchall()
        if not rows:
            raise EmptyCartError
        number = connection.execute("INSERT INTO orders (cart, name) VALUES (?, ?)", (cart, name)).lastrowid
        assert number is not None
        for slug, quantity in rows:
            (remaining,) = connection.execute(
                "SELECT remaining FROM stock WHERE slug = ?", (slug,)
            ).fetchone()
            if remaining < quantity:
                raise SoldOutError(BY_SLUG[slug], remaining)
            connection.execute("UPDATE stock SET remaining = remaining - ? WHERE slug = ?", (quantity, slug))
            connection.execute(
                "INSERT INTO order_lines (number, slug, quantity, price_cents) VALUES (?, ?, ?, ?)",
                (number, slug, quantity, BY_SLUG[slug].price_cents),
            )
        connection.execute("DELETE FROM cart_lines WHERE cart = ?", (cart,))
    return number


def read(database: Database, number: int, cart: str) -> Order | None:
    """The order of that number, if that cart's holder placed it."""
    with database.connection() as connection:
        row = connection.execute(
            "SELECT name FROM orders WHERE number = ? AND cart = ?", (number, cart)
        ).fetchone()
        if row is None:
            return None
        quantities: dict[str, int] = dict(
            connection.execute("SELECT slug, quantity FROM order_lines WHERE number = ?", (number,))
        )
    lines = tuple(Line(piece, quantities[slug]) for slug, piece in BY_SLUG.items() if slug in quantities)
    return Order(number, row[0], lines)


def count(database: Database) -> int:
    """How many orders were placed."""
    with database.connection() as connection:
        (orders,) = connection.execute("SELECT count(*) FROM orders").fetchone()
    return int(orders)
