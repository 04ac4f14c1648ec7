"""All pages: a new one is added here, and, where it should be linked, named in the navigation."""

from __future__ import annotations

from admin.pages import (
    access,
    account,
    alerts,
    audit,
    bypass,
    feedback,
    invitations,
    lanes,
    live,
    messages,
    preview,
    provider,
    record,
    rehearsals,
    room,
    rooms,
    schedule,
    settings,
    sign_in,
    sparks,
    static,
    support,
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
        sparks,
        room,
        lanes,
        settings,
        record,
        feedback,
        schedule,
        messages,
        preview,
        invitations,
        bypass,
        rehearsals,
        support,
        alerts,
        account,
        access,
        audit,
    )
)
