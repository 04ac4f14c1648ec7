"""The shop as one ASGI application."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from waitroom.demo.shop import api, cart, orders, pages
from waitroom.demo.shop.capacity import Capacity
from waitroom.demo.shop.database import Database
from waitroom.demo.shop.failed import failed
from waitroom.demo.shop.lab import LAB_ROUTES
from waitroom.demo.shop.stats import Stats
from waitroom.demo.shop.workload import Workload

_STATIC = Path(__file__).parent / "static"


class _CachedFiles(StaticFiles):
    """Static files that a browser keeps: a page's look then costs no request after the first."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response


def create_app(
    *,
    data: Path,
    capacity: float = 0,
    lab: bool = False,
    tells_load: bool = False,
    patience_seconds: float = 3.0,
) -> Starlette:
    """The shop.

    Args:
        data: the folder of its database; made when missing. Its stock survives a restart.
        capacity: requests a second that it can serve; beyond, it slows down and then fails. 0: no limit.
        lab: also mount ``/lab/…``, where tests of a proxy find echoes, streams and errors, and
            ``POST /lab/capacity?per_second=30`` changes the capacity.
        tells_load: say in ``Waitroom-Load`` what part of the capacity is in use.
        patience_seconds: how long a request waits for a connection before it is answered 503.
    """
    database = Database(data)
    stats = Stats()
    limits = Capacity(capacity, patience_seconds=patience_seconds)

    async def shop_stats(request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "requests": stats.requests,
                "errors": stats.errors,
                "in_flight": stats.in_flight,
                "waiting": limits.waiting,
                "capacity": limits.per_second,
                "requests_per_second": round(stats.requests_per_second(), 1),
                "p95_ms": round(stats.p95_ms(), 1),
                "orders": await run_in_threadpool(orders.count, database),
                "stock": await run_in_threadpool(cart.stock, database),
            },
            headers={"Cache-Control": "no-store"},
        )

    async def set_capacity(request: Request) -> JSONResponse:
        try:
            limits.change(float(request.query_params["per_second"]))
        except (KeyError, ValueError):
            raise HTTPException(400) from None
        return JSONResponse({"capacity": limits.per_second}, headers={"Cache-Control": "no-store"})

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"ok": True}, headers={"Cache-Control": "no-store"})

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        database.close()

    routes: list[BaseRoute] = [
        Route("/health", health),
        Route("/shop/stats", shop_stats),
        Mount("/static", _CachedFiles(directory=_STATIC)),
        Mount("/api", routes=api.routes(database)),
        *pages.routes(database),
    ]
    if lab:
        routes.insert(0, Mount("/lab", routes=LAB_ROUTES))
        routes.insert(0, Route("/lab/capacity", set_capacity, methods=["POST"]))
    return Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[Middleware(Workload, capacity=limits, stats=stats, tells_load=tells_load)],
        exception_handlers={HTTPException: failed},
    )
