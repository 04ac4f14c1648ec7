"""The console as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from redis.asyncio import Redis

from admin.api.routes import API
from admin.audit.trail import Trail
from admin.auth.csrf import SameOrigin
from admin.console import Console
from admin.documented import describe
from admin.pages import problem
from admin.pages.routes import PAGES
from admin.problems import tell_problems
from admin.security import SecurityHeaders
from waitroom import __version__
from waitroom.settings import Settings
from waitroom.tasks import end_all

MOST_BYTES = 1024 * 1024
"""Of a request's body; a route that takes more says so."""


def build_console(settings: Settings, redis: Redis, secrets: Sequence[str]) -> FastAPI:
    """The console of a site. ``secrets`` come newest first. Raises :class:`~admin.store.StoreError`."""
    console = Console.of(settings, redis, secrets)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with (
            console.live.running(),
            console.sampler.running(),
            console.rehearsals.running(),
            console.desk.running(),
            _beside(console.audit.keep(settings.sign_in.audit_keep)),
            _beside(console.keeping.run()),
            _beside(console.alerts.run()),
        ):
            yield
        await redis.aclose(close_connection_pool=True)
        console.store.close()

    app = FastAPI(
        title="waitroom",
        version=__version__,
        summary="The line in front of your shop: look at it, and turn it.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        max_body_size=MOST_BYTES,
    )
    app.state.console = console
    address = settings.sign_in.address
    app.add_middleware(SameOrigin, origins=[address] if address else [], answer=problem.answer)
    app.add_middleware(Trail, log=console.audit)
    app.add_middleware(SecurityHeaders)  # the outermost: on the answers of the others too
    tell_problems(app, problem.answer)
    describe(app)
    for router in (*API, *PAGES):
        app.include_router(router)
    return app


@asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end_all([task])
