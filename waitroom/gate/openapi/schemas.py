"""What the answers hold, as JSON Schema. What can be one of several is taken from the code."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from waitroom.feedback.question import Kind
from waitroom.gate.journey import STATES
from waitroom.gate.state import Notice
from waitroom.line.rules import Mode, SoldOut
from waitroom.reminders.channels import Channel
from waitroom.shaping.invitation import Refusal
from waitroom.shaping.reason import Reason

Schema = dict[str, object]


def ref(name: str) -> Schema:
    """A schema of this document by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(kind: str, description: str = "", **more: object) -> Schema:
    """A value, or null."""
    return {"type": [kind, "null"], **_described(description), **more}


def one_of(words: Iterable[str], description: str = "") -> Schema:
    """One of these texts."""
    return {"type": "string", "enum": [str(word) for word in words], **_described(description)}


def maybe_one_of(words: type[StrEnum], description: str = "") -> Schema:
    """One of these texts, or null."""
    return {"enum": [*(str(word) for word in words), None], **_described(description)}


def _described(text: str) -> Schema:
    return {"description": text} if text else {}


def _object(members: Schema, *, optional: Iterable[str] = (), **more: object) -> Schema:
    required = [name for name in members if name not in optional]
    return {"type": "object", "required": required, "properties": members, **more}


_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}
_RANGE: Schema = {"type": ["array", "null"], "items": _COUNT, "minItems": 2, "maxItems": 2}

STATE: Schema = {
    "room": _TEXT,
    "state": one_of(STATES, "called: make your next request to the shop."),
    "position": maybe("integer", "1 + those before you; null without a place, or before a draw."),
    "ahead": maybe("integer"),
    "waiting": {**_COUNT, "description": "All who are present in line."},
    "eta_seconds": maybe("integer", "The likely wait; null while nobody is let in."),
    "eta_range": {**_RANGE, "description": "Shortest and longest wait in seconds; holds four times in five."},
    "eta_reason": maybe_one_of(Reason, "Why the estimate has just changed."),
    "refresh_after": {**_COUNT, "description": "Ask again after so many seconds."},
    "lane": maybe("string"),
    "number": maybe("integer"),
    "code": maybe("string", "Short, for the support desk."),
    "message": {**_TEXT, "description": "The operator's; empty: there is none."},
    "message_language": maybe("string"),
    "notice": maybe_one_of(Notice, "Why the place is as it is."),
    "opens_at": maybe("string", "When the doors open, RFC 3339 in UTC."),
    "opens_in": maybe("number", "The same in seconds from now."),
    "rests_in": maybe("integer", "For how many seconds others may still pass; null: they do not."),
}
_PROBLEM: Schema = {
    "type": {"type": "string", "pattern": "^urn:waitroom:"},
    "title": _TEXT,
    "status": {"type": "integer"},
    "detail": _TEXT,
}
_LANE: Schema = _object(
    {
        "share": _NUMBER, "waiting": _COUNT, "called": _COUNT, "issued": _COUNT, "late": _COUNT, "outflow": _NUMBER,
        "drawn": _RANGE, "marks": {"type": "array", "items": _RANGE},
    }
)  # fmt: skip

SCHEMAS: Schema = {
    "State": _object(STATE),
    "Problem": _object(
        {
            **_PROBLEM,
            "room": _TEXT,
            "reason": one_of(Refusal, "Why an invitation or a code does not count."),
            "retry_after": _COUNT,
        },
        optional=("room", "reason", "retry_after"),
        description="RFC 9457. Its type tells what it is.",
    ),
    "Held": _object(
        {**_PROBLEM, **STATE, "page": {**_TEXT, "description": "The address of the page to open."}},
        description="RFC 9457, with the state: type is urn:waitroom:waiting, :called or :closed.",
    ),
    "Challenge": _object(
        {
            **_PROBLEM,
            "room": _TEXT, "challenge": _TEXT, "bits": _COUNT, "salt": _TEXT, "target": _TEXT,
            "wait_seconds": maybe("integer"),
        },
        description="RFC 9457: work to be done before one may join; see http.md.",
    ),
    "Cloudflare": _object(
        {"cfWaitingRoom": {"type": "object", "required": ["inWaitingRoom", "waitTimeKnown", "refreshIntervalSeconds"]}},
        description="Where the room has cloudflare_json; see apps.md.",
    ),
    "Line": _object(
        {
            "room": _TEXT, "mode": one_of(Mode), "rate": _NUMBER, "sold_out": one_of(SoldOut), "waiting": _COUNT,
            "called": _COUNT, "issued": _COUNT, "opens_at": maybe("string"), "message": _TEXT,
            "messages": {"type": "object", "additionalProperties": _TEXT},
            "epoch": _COUNT, "outflow": _NUMBER, "late": _COUNT, "marks": {"type": "array", "items": _RANGE},
            "event": maybe("string"), "commitment": maybe("string"), "fairness": {"type": "object"},
            "lanes": {"type": "object", "additionalProperties": _LANE},
        }
    ),
    "Draws": _object(
        {"version": _COUNT, "announced": {"type": "array"}, "held": {"type": "array"}}, description="See draw.md."
    ),
    "Receipt": _object({"receipt": _TEXT, "says": {"type": "object"}, "keys": _TEXT}, description="See record.md."),
    "Keys": _object({"keys": {"type": "array", "items": {"type": "object"}}}, description="RFC 7517."),
    "Offer": _object({"code": _TEXT, "link": _TEXT, "qr": _TEXT, "seconds": _COUNT}),
    "Told": _object(
        {
            "room": _TEXT,
            "channels": {"type": "array", "items": one_of(Channel), "description": "Those that the room has."},
            "channel": {"enum": [*Channel, None], "description": "By which you will be told; null: by none."},
            "ahead_seconds": {**_COUNT, "description": "So long before the turn the first message comes."},
            "forget_seconds": {**_COUNT, "description": "After this the address is deleted in any case."},
        }
    ),
    "Place": _object({"room": _TEXT, "state": one_of(("waiting",))}),
    "Privacy": _object(
        {"room": _TEXT, "kept": {"type": "array", "items": {"type": "object"}}}, description="See privacy.md."
    ),
    "Invitation": _object({"room": _TEXT, "lane": _TEXT}, optional=("lane",)),
    "Feedback": _object(
        {
            "room": _TEXT,
            "kind": one_of(Kind),
            "scores": {"type": "array", "items": _COUNT, "description": "The worst and the best."},
            "state": one_of(("ask", "thanks", "already")),
            "words": {"type": "object", "additionalProperties": _TEXT, "description": "In the visitor's language."},
            "lang": _TEXT,
            "dir": one_of(("ltr", "rtl")),
        }
    ),
    "Health": _object(
        {"status": one_of(("ok", "unavailable")), "reasons": {"type": "array", "items": _TEXT}}, optional=("reasons",)
    ),
}  # fmt: skip
