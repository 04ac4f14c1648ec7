"""All pages: a new one is added here, and, where it should be linked, named in the navigation."""

from __future__ import annotations

from admin.pages import (
    access,
    account,
    alerts,
    audit,
    lanes,
    live,
    provider,
    room,
    rooms,
    settings,
    sign_in,
    static,
    welcome,
)

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
        lanes,
        settings,
        alerts,
        account,
        access,
        audit,
    )
)
