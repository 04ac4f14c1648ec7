"""Whether the console runs. Open to all: it says nothing else."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The console answers."""

    status: str = "ok"


@router.get("/health/live", operation_id="isAlive")
async def is_alive() -> Health:
    """Whether the console's process answers; it does so whether Redis is there or not."""
    return Health()
