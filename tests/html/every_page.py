"""Every page that a visitor may get, in every state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

from tests.pages.test_challenge_html import VIEW as CHALLENGE
from tests.pages.test_draw_html import VIEWS as DRAWS
from tests.pages.test_invitation_html import VIEW as INVITATION
from tests.pages.test_waiting_html import VIEW
from waitroom.feedback.question import Kind
from waitroom.gate.page import Pages
from waitroom.gate.texts import AskedPage, MovePage
from waitroom.gate.views import AskedView, MoveView, PageState
from waitroom.gate.whole_page import Page
from waitroom.shaping.invitation import Refusal
from waitroom.shaping.reason import Reason
from waitroom.words.offered import OFFERED

QR = "data:,"
STATES: tuple[PageState, ...] = get_args(PageState)
SAID: tuple[AskedPage, ...] = get_args(AskedPage)
MOVES: tuple[MovePage, ...] = get_args(MovePage)


def every_page(pages: Pages) -> Iterator[tuple[str, Page]]:
    """Each by a name."""
    opens = datetime(2030, 6, 1, 10, tzinfo=UTC)
    full = replace(
        VIEW,
        eta_reason=Reason.RATE_LOWERED,
        not_yet_seconds=900,
        rests_in=600,
        back=opens,
        takes_codes=True,
        gives_extra_time=True,
        still=True,
    )
    bare = replace(
        VIEW,
        position=None,
        ahead=None,
        waiting=None,
        eta_range=None,
        code=None,
        message="",
        takes_along=False,
        still=True,
    )
    for state in STATES:
        yield f"waiting-{state}", pages.waiting(replace(full, state=state, slip="slip"))
        yield f"waiting-{state}-bare", pages.waiting(replace(bare, state=state))
    yield (
        "waiting-soon-drawn",
        pages.waiting(replace(full, state="soon", drawn=True, opens=opens, opens_in=9.0)),
    )
    yield (
        "waiting-without-cookies",
        pages.waiting(replace(full, state="called", query="?t=ticket", spare_link="/x?a=b&c=d")),
    )
    yield "challenge", pages.challenge(CHALLENGE)
    yield "challenge-no-wait", pages.challenge(replace(CHALLENGE, wait_seconds=0))
    for number, view in enumerate(DRAWS):
        yield f"draw-{number}", pages.draw(view)
    yield "crowded", pages.crowded("drop", 7)
    yield "limited", pages.limited("drop", 90, "/drop?a=b&c=d")
    yield "return", pages.hand_back("field", "letter", "/drop")
    yield "framed", pages.framed("drop", "/drop")
    yield "languages", pages.languages("drop", "/drop", tuple(OFFERED))
    for asked in MOVES:
        yield (
            f"move-{asked}",
            pages.move(
                MoveView(
                    "drop",
                    asked,
                    "/drop",
                    code="0008-7K2Q",
                    link="https://shop.example/x",
                    qr=QR,
                    typed="typed",
                )
            ),
        )
    yield "move-link", pages.move(MoveView("drop", "ask", "/drop", code="0008-7K2Q"))
    for kind in Kind:
        for said in SAID:
            yield f"feedback-{kind}-{said}", pages.asked(AskedView("drop", said, kind, "/drop"))
        yield (
            f"left-{kind}",
            pages.waiting(
                replace(full, state="left", asked=AskedView("drop", "ask", kind, "/drop", "question"))
            ),
        )
    for status in (400, 404, 500, 502, 503, 504):
        yield f"trouble-{status}", pages.trouble(status, "drop")
    for status in (429, 503):
        yield f"put-off-{status}", pages.put_off(status, "drop")
    for page in ("opened", "required", "code"):
        yield (
            f"invitation-{page}",
            pages.invitation(replace(INVITATION, asked=page, asks_code=page == "code")),
        )
    for refusal in Refusal:
        yield (
            f"invitation-{refusal}",
            pages.invitation(
                replace(INVITATION, asked=refusal, wrong=refusal, asks_code=True, typed="x", may_go_on=True)
            ),
        )
