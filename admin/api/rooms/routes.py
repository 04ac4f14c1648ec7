"""All that is asked and done at a room's addresses."""

from __future__ import annotations

from fastapi import APIRouter

from admin.api.rooms import changing, happened, kept, looking, previewing, resetting

router = APIRouter()
for part in (looking, changing, resetting, previewing, happened, kept):
    router.include_router(part.router)
