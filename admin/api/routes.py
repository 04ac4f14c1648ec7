"""All parts of the API: a new one is added here."""

from __future__ import annotations

from admin.api import (
    alerts,
    approvals,
    audit,
    calculator,
    feedback,
    health,
    history,
    invitations,
    messages,
    metrics,
    planning,
    rehearsals,
    sessions,
    support,
    tokens,
    trial,
    users,
)
from admin.api.rooms import routes as rooms

API = tuple(
    part.router
    for part in (
        health,
        metrics,
        rooms,
        history,
        feedback,
        approvals,
        planning,
        messages,
        trial,
        support,
        users,
        sessions,
        tokens,
        audit,
        invitations,
        rehearsals,
        calculator,
        alerts,
    )
)
