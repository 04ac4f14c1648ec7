"""All parts of the API: a new one is added here."""

from __future__ import annotations

from admin.api import alerts, approvals, health, history, messages, metrics, planning, rooms, trial

API = tuple(
    part.router
    for part in (
        health,
        metrics,
        rooms,
        history,
        approvals,
        planning,
        messages,
        trial,
        alerts,
    )
)
