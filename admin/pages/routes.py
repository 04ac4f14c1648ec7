"""All pages: a new one is added here, and, where it should be linked, named in the navigation."""

from __future__ import annotations

from admin.pages import access, account, live, room, rooms, sign_in, static, welcome

PAGES = tuple(part.router for part in (static, live, rooms, room, sign_in, welcome, account, access))
