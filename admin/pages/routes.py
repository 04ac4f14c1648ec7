"""All pages: a new one is added here, and, where it should be linked, named in the navigation."""

from __future__ import annotations

from admin.pages import access, account, alerts, audit, live, provider, room, rooms, sign_in, static, welcome

PAGES = tuple(
    page.router
    for page in (
        static,
        sign_in,
        welcome,
        provider,
        live,
        rooms,
        room,
        alerts,
        account,
        access,
        audit,
    )
)
