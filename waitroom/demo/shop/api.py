"""The shop for apps: the same carts and checkout as JSON."""

from __future__ import annotations

import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from waitroom.demo.shop import cart, orders
from waitroom.demo.shop.catalogue import PIECES
from waitroom.demo.shop.database import Database
from waitroom.demo.shop.visitor import cart_name, remember, small_body

_PRIVATE = {"Cache-Control": "no-store, private"}


def routes(database: Database) -> list[BaseRoute]:
    """``products``, ``cart`` and ``checkout``, to be mounted under ``/api``."""
    api = _Api(database)
    return [
        Route("/products", api.products),
        Route("/cart", api.show_cart),
        Route("/cart", api.put_in_cart, methods=["POST"]),
        Route("/checkout", api.checkout, methods=["POST"]),
    ]


class _Api:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def products(self, request: Request) -> JSONResponse:
        stock = await run_in_threadpool(cart.stock, self._database)
        return JSONResponse(
            {
                "products": [
                    {
                        "slug": piece.slug,
                        "name": piece.name,
                        "price_cents": piece.price_cents,
                        "stock": stock[piece.slug],
                    }
                    for piece in PIECES
                ]
            },
            headers={"Cache-Control": "no-store"},
        )

    async def show_cart(self, request: Request) -> JSONResponse:
        name = cart_name(request)
        found = await run_in_threadpool(cart.read, self._database, name) if name else cart.Cart()
        return _cart_answer(found)

    async def put_in_cart(self, request: Request) -> JSONResponse:
        fields = await _json_object(request)
        slug, quantity = fields.get("slug"), fields.get("quantity", 1)
        if not isinstance(slug, str) or not isinstance(quantity, int):
            return _refusal(400, "slug must be text and quantity a whole number")
        name = cart_name(request) or cart.new_name()
        try:
            await run_in_threadpool(cart.put, self._database, name, slug, quantity)
        except cart.UnknownPieceError:
            return _refusal(404, f"no piece is called {slug}")
        except cart.SoldOutError as error:
            return _refusal(409, f"sold out: {error}")
        response = _cart_answer(await run_in_threadpool(cart.read, self._database, name))
        remember(response, name)
        return response

    async def checkout(self, request: Request) -> JSONResponse:
        fields = await _json_object(request)
        name = cart_name(request) or ""
        try:
            number = await run_in_threadpool(
                orders.place, self._database, name, str(fields.get("name", ""))[:80]
            )
        except orders.EmptyCartError:
            return _refusal(409, "the cart is empty")
        except cart.SoldOutError as error:
            return _refusal(409, f"sold out: {error}")
        return JSONResponse({"order": number}, 201, headers={**_PRIVATE, "Waitroom-Command": "done"})


def _cart_answer(found: cart.Cart) -> JSONResponse:
    lines = [
        {"slug": line.piece.slug, "quantity": line.quantity, "total_cents": line.total_cents}
        for line in found.lines
    ]
    return JSONResponse({"lines": lines, "total_cents": found.total_cents}, headers=_PRIVATE)


def _refusal(status: int, error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status, headers=_PRIVATE)


async def _json_object(request: Request) -> dict[str, object]:
    """The body as a JSON object; anything else counts as an empty one, whose fields are then missing."""
    try:
        value = json.loads(await small_body(request))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
