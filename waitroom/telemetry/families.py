"""What is counted, by the names that Redis, Prometheus and the manual share.

A count has one field in the hash of its room: ``family:label:label``. Each only rises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from waitroom.line.ticket import Outcome

NO_ROOM = "(none)"
"""In place of a room's name: the requests that belong to none."""


@dataclass(frozen=True, slots=True)
class Family:
    """Counts of one kind, told apart by labels."""

    name: str
    help: str
    """What it counts, for those who read it on a dashboard."""
    labels: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    """What the last label may be, and what each value means; empty: whatever the room has, such as its lanes."""

    def field(self, *labels: str) -> str:
        """The field of one count."""
        return ":".join((self.name, *labels))


_WAYS = {
    "visit": "to the shop, of a visitor who was let in",
    "bypass": "to the shop past the line, by a bypass rule or a signed webhook",
    "open": "to the shop without either: parts of pages and preflights while nobody is held, a room in mode pass "
    "without Redis, and all that belongs to no room",
    "page": "the waiting page, and its kin (closed, missed, not yet open)",
    "answer": "the same for scripts and apps, as application/problem+json",
    "refused": "a bare 503 for what no person looks at: a part of a page, a prefetch",
    "turned_away": "a challenge, or a limit of places for an address or network",
    "shed": "a newcomer asked to come again, since the worker had as many in hand as it may",
    "invitation": "told that the room is by invitation, or that theirs does not count",
    "returned": "a form that came from another site, asked for once more so that cookies come along",
    "put_off": "429 or 503: more at once, or more often, than one may, or than the shop may have",
    "bad": "400: a path or header that does not mean the same to everyone",
    "status": "a status poll",
    "events": "an event stream that was opened",
    "line": "the public document of the line",
    "leave": "a place that was given up",
    "draw": "the published draw",
    "receipt": "a receipt",
    "enter": "an invitation's link, or a claim",
    "code": "the form for a code",
    "feedback": "the question how the wait was, or an answer to it",
    "tell": "the page of being told away from the page, and what it sends",
    "wait": "let in at the address where one waits without asking the shop",
}
REQUESTS = Family("requests", "Requests, by the way they went.", labels=("way",), values=_WAYS)
VISIT, BYPASS, OPEN = (REQUESTS.field(way) for way in ("visit", "bypass", "open"))
PAGE, ANSWER, REFUSED = (REQUESTS.field(way) for way in ("page", "answer", "refused"))
TURNED_AWAY, INVITATION, RETURNED = (REQUESTS.field(way) for way in ("turned_away", "invitation", "returned"))
SHED = REQUESTS.field("shed")
WAITED = REQUESTS.field("wait")
PUT_OFF, BAD = (REQUESTS.field(way) for way in ("put_off", "bad"))

SHOP_ANSWERS = Family(
    "shop_answers",
    "What became of the requests that went to the shop.",
    labels=("outcome",),
    values={
        "1xx": "switched to a WebSocket",
        "2xx": "answered well",
        "3xx": "redirected, or not modified",
        "4xx": "refused by the shop",
        "5xx": "the shop failed",
        "timeout": "no answer in time",
        "unreachable": "no connection",
        "broken": "broke off before its answer began, or did not speak HTTP",
        "gone": "the visitor left before the answer began",
    },
)
BY_HUNDRED = tuple(SHOP_ANSWERS.field(f"{hundred or 5}xx") for hundred in range(6))
"""The field of a status, by its hundreds."""
TIMEOUT, UNREACHABLE, BROKEN, GONE = (
    SHOP_ANSWERS.field(outcome) for outcome in ("timeout", "unreachable", "broken", "gone")
)
FAILURES = ("5xx", "timeout", "unreachable", "broken")
"""The outcomes that are the shop's fault."""

JOINS = Family(
    "joins",
    "Places in line that were given out, by lane and by what the newcomer met.",
    labels=("lane", "door"),
    values={"open": "let in at once", "held": "has to wait"},
)
ADMISSIONS = Family(
    "admissions",
    "Visitors let in: those who met an open door, and those whose turn had come.",
    labels=("lane",),
)
CLAIMS = Family(
    "claims",
    "Tickets shown at the door by visitors whose turn seemed to have come, by what became of them.",
    labels=("outcome",),
    values={
        Outcome.ADMITTED: "let in",
        Outcome.AGAIN: "let in before, and still inside: a second tab, or a pass that ran out",
        Outcome.CALLED: "was away when called; enters as soon as the rate allows",
        Outcome.WAITING: "its turn has not come",
        Outcome.SHUT: "nobody may enter now",
        Outcome.MISSED: "its turn was too long ago; a new place was given",
        Outcome.SPENT: "given up, or its visit is over",
        Outcome.STALE: "of another life of the line",
        Outcome.UNKNOWN: "no such number was given out",
    },
)
CLAIMED = {outcome: CLAIMS.field(outcome) for outcome in Outcome}
"""The field of each outcome."""
ALONE = Family(
    "let_in_alone",
    "Visitors let in while Redis was away, where the room goes on without it. They are not among the admissions.",
    labels=("who",),
    values={"ticket": "who had a place in line", "newcomer": "who had none"},
)
ALONE_TICKET, ALONE_NEWCOMER = (ALONE.field(who) for who in ("ticket", "newcomer"))
OVERTAKES = Family(
    "overtakes", "Visitors let in from the line whose turn had not been called: 0 in a fair line."
)
ESTIMATES = Family(
    "estimates",
    "Sampled estimates whose turn has come, by whether it came within the range that visitors were told.",
    labels=("outcome",),
    values={
        "kept": "within the range",
        "early": "before it",
        "late": "after it",
        "overtaken": "rate, capacity or schedule were changed meanwhile: no measure of anything",
    },
)
ANSWERS = Family(
    "answers",
    "Answers to the question how the wait was, by where it was asked. What was answered is told by the hour, and never "
    "of one person: see feedback.md.",
    labels=("where",),
    values={"left": "on the page of those who gave their place up", "inside": "after admission"},
)
SILENT = Family(
    "silent",
    "Who waits and was not seen any more, and who of them came back; counted where the room has feedback.curve.",
    labels=("way",),
    values={"fell": "not seen within the presence window", "back": "seen again"},
)
REMINDERS = Family(
    "reminders",
    "Messages to those who wanted to be told away from the page (near: the turn nears, come: it is there), by what "
    "became of them.",
    labels=("stage", "outcome"),
    values={
        "sent": "taken by the mail server or the service",
        "failed": "a try that failed; there are four of each message",
        "given_up": "all tries failed, or it came too late to be of use",
    },
)
FAMILIES = (
    REQUESTS,
    SHOP_ANSWERS,
    JOINS,
    ADMISSIONS,
    CLAIMS,
    ALONE,
    OVERTAKES,
    ESTIMATES,
    ANSWERS,
    SILENT,
    REMINDERS,
)
