"""All pages: a new one is added here, and, where it should be linked, named in the navigation."""

from __future__ import annotations

from admin.pages import live, room, rooms, static

PAGES = (static.router, live.router, rooms.router, room.router)
