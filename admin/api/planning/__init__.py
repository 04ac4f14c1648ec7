"""The schedule of a room: looked at, tried, and changed."""

from fastapi import APIRouter

from admin.api.planning import changing, looking

router = APIRouter()
for part in (looking, changing):
    router.include_router(part.router)
