"""The shop for people: HTML pages and forms that work without any script."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from waitroom.demo.shop import cart, orders
from waitroom.demo.shop.catalogue import BY_SLUG, PIECES
from waitroom.demo.shop.database import Database
from waitroom.demo.shop.look import TEMPLATES
from waitroom.demo.shop.visitor import cart_name, form, remember


def routes(database: Database) -> list[BaseRoute]:
    """The pages."""
    pages = _Pages(database)
    return [
        Route("/", pages.home),
        Route("/pieces/{slug}", pages.piece),
        Route("/cart", pages.show_cart),
        Route("/cart", pages.put_in_cart, methods=["POST"]),
        Route("/checkout", pages.checkout),
        Route("/checkout", pages.place_order, methods=["POST"]),
        Route("/orders/{number:int}", pages.order),
    ]


class _Pages:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def home(self, request: Request) -> Response:
        return await self._page(request, "home.html", {"pieces": PIECES, "stock": await self._stock()})

    async def piece(self, request: Request) -> Response:
        piece = BY_SLUG.get(request.path_params["slug"])
        if piece is None:
            raise HTTPException(404)
        remaining = (await self._stock())[piece.slug]
        return await self._page(request, "piece.html", {"piece": piece, "remaining": remaining})

    async def show_cart(self, request: Request) -> Response:
        return await self._page(request, "cart.html", {"stock": await self._stock()})

    async def put_in_cart(self, request: Request) -> Response:
        fields = await form(request)
        slug = fields.get("slug", "")
        quantity = fields.get("quantity", "1")
        name = cart_name(request) or cart.new_name()
        try:
            await run_in_threadpool(
                cart.put, self._database, name, slug, int(quantity) if quantity.isdecimal() else 1
            )
        except cart.UnknownPieceError:
            raise HTTPException(404) from None
        except cart.SoldOutError as error:
            return await self._page(request, "sold_out.html", {"error": error}, status=409)
        response = RedirectResponse("/cart", 303)
        remember(response, name)
        return response

    async def checkout(self, request: Request) -> Response:
        if not (await self._cart(request)).lines:
            return RedirectResponse("/cart", 303)
        return await self._page(request, "checkout.html", {})

    async def place_order(self, request: Request) -> Response:
        fields = await form(request)
        try:
            number = await run_in_threadpool(
                orders.place, self._database, cart_name(request) or "", fields.get("name", "")[:80]
            )
        except orders.EmptyCartError:
            return RedirectResponse("/cart", 303)
        except cart.SoldOutError as error:
            return await self._page(request, "sold_out.html", {"error": error}, status=409)
        return RedirectResponse(f"/orders/{number}", 303)

    async def order(self, request: Request) -> Response:
        number = request.path_params["number"]
        order = await run_in_threadpool(orders.read, self._database, number, cart_name(request) or "")
        if order is None:
            raise HTTPException(404)
        response = await self._page(request, "order.html", {"order": order})
        # The visit is over: their place inside goes to whoever waits next.
        response.headers["Waitroom-Command"] = "done"
        return response

    async def _stock(self) -> dict[str, int]:
        return await run_in_threadpool(cart.stock, self._database)

    async def _cart(self, request: Request) -> cart.Cart:
        name = cart_name(request)
        return await run_in_threadpool(cart.read, self._database, name) if name else cart.Cart()

    async def _page(
        self, request: Request, template: str, context: Mapping[str, object], *, status: int = 200
    ) -> Response:
        whole = {**context, "cart": await self._cart(request)}
        # Every page shows the visitor's own cart, so none may be kept for the next one.
        headers = {"Cache-Control": "no-store, private"}
        return TEMPLATES.TemplateResponse(request, template, whole, status_code=status, headers=headers)
