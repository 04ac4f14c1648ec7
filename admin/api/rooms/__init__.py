"""The rooms: looked at, and turned."""

from fastapi import APIRouter

from admin.api.rooms import changing, happened, kept, looking, previewing, resetting
from admin.api.rooms.path import RoomOfPath, SeenOfPath
from admin.api.rooms.state import RoomState

__all__ = ["RoomOfPath", "RoomState", "SeenOfPath", "router"]

router = APIRouter()
for part in (looking, changing, resetting, previewing, happened, kept):
    router.include_router(part.router)
