"""Carts, kept on the server under the random name that a visitor's cookie carries."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from waitroom.demo.shop.catalogue import BY_SLUG, PER_ORDER, Piece
from waitroom.demo.shop.database import Database

COOKIE = "shop_cart"


class UnknownPieceError(Exception):
    """No piece has this slug."""


class SoldOutError(Exception):
    """Fewer are left than were asked for. Carries the piece and how many there are."""

    def __init__(self, piece: Piece, remaining: int) -> None:
        super().__init__(f"{piece.name}: {remaining} left")
        self.piece = piece
        self.remaining = remaining


@dataclass(frozen=True, slots=True)
class Line:
    """Some of one piece, at its price."""

    piece: Piece
    quantity: int

    @property
    def total_cents(self) -> int:
        """Price times quantity."""
        return self.piece.price_cents * self.quantity


@dataclass(frozen=True, slots=True)
class Cart:
    """What one visitor means to buy."""

    lines: tuple[Line, ...] = ()

    @property
    def count(self) -> int:
        """How many things it holds."""
        return sum(line.quantity for line in self.lines)

    @property
    def total_cents(self) -> int:
        """What they cost together."""
        return sum(line.total_cents for line in self.lines)


def new_name() -> str:
    """A cart's name that nobody can guess."""
    return secrets.token_urlsafe(16)


def stock(database: Database) -> dict[str, int]:
    """How many of each piece are left."""
    with database.connection() as connection:
        return dict(connection.execute("SELECT slug, remaining FROM stock"))


def read(database: Database, name: str) -> Cart:
    """The cart of that name; an empty one when there is none."""
    with database.connection() as connection:
        rows = connection.execute("SELECT slug, quantity FROM cart_lines WHERE cart = ?", (name,)).fetchall()
    quantities: dict[str, int] = dict(rows)
    return Cart(tuple(Line(piece, quantities[slug]) for slug, piece in BY_SLUG.items() if slug in quantities))


def put(database: Database, name: str, slug: str, quantity: int) -> None:
    """Sets how many of a piece the cart holds; none takes it out, more than an order may hold is cut.

    Stock is not reserved by a cart: the checkout decides.

    Raises:
        UnknownPieceError: there is no such piece.
        SoldOutError: none is left.
    """
    piece = BY_SLUG.get(slug)
    if piece is None:
        raise UnknownPieceError(slug)
    with database.transaction() as connection:
        if quantity <= 0:
            connection.execute("DELETE FROM cart_lines WHERE cart = ? AND slug = ?", (name, slug))
            return
        (remaining,) = connection.execute("SELECT remaining FROM stock WHERE slug = ?", (slug,)).fetchone()
        if remaining == 0:
            raise SoldOutError(piece, 0)
        connection.execute(
            "INSERT INTO cart_lines (cart, slug, quantity) VALUES (?, ?, ?)"
            " ON CONFLICT (cart, slug) DO UPDATE SET quantity = excluded.quantity",
            (name, slug, min(quantity, PER_ORDER)),
        )
