"""The page of alerts: what is wrong, who is told, and whether it reached them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from admin.alerts.rules import Phase
from admin.alerts.runner import Alerts
from admin.alerts.words import LOOKS_AT, fires
from admin.api.alerts import AlertState, Channel, Message, by_urgency
from admin.api.streams import Listener, event, stream
from admin.auth.access import Viewer
from admin.auth.actor import Actor
from admin.auth.roles import Role
from admin.console import console_of
from admin.pages.looks import Look, Tone
from admin.pages.static import FILES
from admin.pages.templates import fragment, page
from admin.store import StoreError
from waitroom.settings import Severity

EVERY_SECONDS = 1.0
MOST_SHOWN = 25
"""Notices, and deliveries."""

SEVERITIES = {
    Severity.CRITICAL: Look("Critical", "bad", Tone.BAD),
    Severity.WARNING: Look("Warning", "warn", Tone.WARN),
    Severity.INFO: Look("Info", "info", Tone.NOTE),
}
FATES = {
    "delivered": Look("Delivered", "check", Tone.GOOD),
    "waiting": Look("Waiting", "clock", Tone.NOTE),
    "given up": Look("Given up", "bad", Tone.BAD),
    "dropped": Look("Dropped", "warn", Tone.WARN),
}

router = APIRouter(include_in_schema=False)


@router.get("/alerts", name="alerts")
async def show(request: Request, actor: Viewer) -> Response:
    """All of it, as it is now."""
    alerts = console_of(request).alerts
    return page(
        request,
        "alerts.html",
        actor,
        here="alerts",
        parts=await _parts(alerts, may_test=_may_test(actor)),
        rules=[(rule, LOOKS_AT[rule.condition], fires(rule)) for rule in alerts.rules],
        severities=SEVERITIES,
    )


@router.get("/alerts/live", name="alertsLive")
async def live(request: Request, actor: Viewer) -> StreamingResponse:
    """Server-sent events, once a second: ``{"build", "at": milliseconds, "parts": {those that are another: HTML}}``; at
    last ``event: over`` where whoever watches may not any more."""
    return stream(request, actor, _news(request, may_test=_may_test(actor)))


async def _news(request: Request, *, may_test: bool) -> AsyncIterator[bytes]:
    console, listener, told = console_of(request), Listener(request), dict[str, str]()
    while await listener.may_listen():
        try:
            parts = await _parts(console.alerts, may_test=may_test)
        except StoreError:
            parts = told  # it says so itself where it is asked
        new = {name: text for name, text in parts.items() if told.get(name) != text}
        told = dict(parts)
        yield event(json.dumps({"build": FILES.digest, "at": int(time.time() * 1000), "parts": new}).encode())
        await asyncio.sleep(EVERY_SECONDS)
    if not console.over.is_set():
        yield b"event: over\ndata:\n\n"


@dataclass(frozen=True, slots=True)
class _Made:
    """What was worked out of the file, for everyone who looks."""

    changes: int
    texts: Mapping[str, str]


_made: WeakKeyDictionary[Alerts, dict[bool, _Made]] = WeakKeyDictionary()


async def _parts(alerts: Alerts, *, may_test: bool) -> dict[str, str]:
    watched = alerts.watch.now()
    wrong = [each for each in by_urgency(watched) if each.standing.phase in (Phase.FIRING, Phase.PENDING)]
    now = fragment(
        "alerts-now.html",
        wrong=[AlertState.of(each) for each in wrong],
        watched=len(watched),
        severities=SEVERITIES,
    )
    return {"now": now, **await _kept(alerts, may_test=may_test)}


async def _kept(alerts: Alerts, *, may_test: bool) -> Mapping[str, str]:
    known = _made.setdefault(alerts, {})
    changes, last = alerts.changes, known.get(may_test)
    if last is None or last.changes != changes:
        channels = [Channel.of(each) for each in await alerts.channels()]
        deliveries = [Message.of(each) for each in await alerts.ledger.recent(most=MOST_SHOWN)]
        lately = await alerts.ledger.alerts(most=MOST_SHOWN)
        texts = {
            "lately": fragment("alerts-lately.html", lately=lately, severities=SEVERITIES),
            "channels": fragment("alerts-channels.html", channels=channels, may_test=may_test),
            "deliveries": fragment("alerts-deliveries.html", deliveries=deliveries, fates=FATES),
        }
        last = known[may_test] = _Made(changes, texts)
    return last.texts


def _may_test(actor: Actor) -> bool:
    return actor.role.allows(Role.OPERATOR)
