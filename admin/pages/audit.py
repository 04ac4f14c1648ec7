"""The page of the audit log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from admin.audit.entry import Entry, Outcome
from admin.audit.log import PAGE, Filter
from admin.auth.access import Admin
from admin.console import console_of
from admin.pages.templates import page

_TONES = {
    Outcome.DONE: ("good", "check"),
    Outcome.REFUSED: ("warn", "warn"),
    Outcome.FAILED: ("bad", "bad"),
}
_FIELDS = ("who", "action", "about", "outcome", "from", "to")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the page shows it."""

    entry: Entry
    action: str
    tone: str
    icon: str
    changes: tuple[tuple[str, str, str], ...]
    """Name, before, after."""


@router.get("/audit", name="audit")
async def show(request: Request, actor: Admin) -> Response:
    """The newest entries that are asked for, a page at a time."""
    log = console_of(request).audit
    given = {name: request.query_params.get(name, "").strip() for name in _FIELDS}
    since, until = _moment(given["from"]), _moment(given["to"])
    before = request.query_params.get("before", "")
    wanted = Filter(
        who=given["who"],
        action=given["action"],
        about=given["about"],
        outcome=Outcome(given["outcome"]) if given["outcome"] in list(Outcome) else None,
        since=since,
        until=until,
        before_id=int(before) if re.fullmatch(r"[0-9]{1,18}", before) else None,
    )
    entries = await log.page(wanted, PAGE + 1)
    asked = {name: value for name, value in given.items() if value}
    last = entries[PAGE - 1].id if len(entries) > PAGE else None
    return page(
        request,
        "audit.html",
        actor,
        here="audit",
        entries=[_shown(entry) for entry in entries[:PAGE]],
        actions={action: words(action) for action in await log.actions()},
        outcomes=list(Outcome),
        given=given,
        is_filtered=bool(asked),
        is_later=wanted.before_id is not None,
        newest=f"/audit?{urlencode(asked)}",
        older=f"/audit?{urlencode({**asked, 'before': last})}" if last else "",
        export=urlencode(_exported(wanted)),
    )


def words(action: str) -> str:
    """An action as people say it: ``setUserRole`` is "set user role"."""
    return (
        re.sub(r"(?<=[a-z])(?=[A-Z])", " ", action).lower() if re.fullmatch(r"[A-Za-z]+", action) else action
    )


def _shown(entry: Entry) -> Shown:
    before, after = json.loads(entry.before), json.loads(entry.after)
    tone, icon = _TONES[entry.outcome]
    changes = tuple((name, _value(before, name), _value(after, name)) for name in _names(before, after))
    return Shown(entry, words(entry.action), tone, icon, changes)


def _names(*values: Mapping[str, object]) -> Iterator[str]:
    yield from dict.fromkeys(name for each in values for name in each)


def _value(values: Mapping[str, object], name: str) -> str:
    found = values.get(name, "")
    return found if isinstance(found, str) else json.dumps(found)


def _moment(text: str) -> float | None:
    """What a field of date and time says, in UTC; None where it says nothing that can be read."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() if text else None
    except (ValueError, OverflowError):
        return None


def _exported(wanted: Filter) -> dict[str, str]:
    asked = {
        "who": wanted.who,
        "action": wanted.action,
        "about": wanted.about,
        "outcome": wanted.outcome.value if wanted.outcome else "",
        "since": "" if wanted.since is None else f"{wanted.since:.0f}",
        "until": "" if wanted.until is None else f"{wanted.until:.0f}",
    }
    return {name: value for name, value in asked.items() if value}
