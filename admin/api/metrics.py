"""What Prometheus scrapes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from admin.auth.access import Viewer
from admin.console import console_of
from admin.metrics.exposition import exposition
from admin.metrics.site import Site

router = APIRouter(tags=["metrics"])


@router.get(
    "/metrics",
    operation_id="getMetrics",
    response_class=Response,
    responses={
        200: {
            "content": {CONTENT_TYPE_PLAIN_0_0_4: {}},
            "description": "All metrics; OpenMetrics on request.",
        }
    },
)
async def get_metrics(request: Request, _: Viewer, accept: Annotated[str, Header()] = "") -> Response:
    """The gauges of all rooms and workers, and all that was counted, as of a second ago. Redis is not asked."""
    console = console_of(request)
    sampler = console.sampler
    site = Site(tuple(console.live.rooms.values()), sampler.reading, is_redis_up=sampler.is_fresh)
    told = await exposition(site, accept)
    return Response(told.body, media_type=None, headers={"content-type": told.content_type})
