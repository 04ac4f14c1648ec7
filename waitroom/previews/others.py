"""The pages beside the waiting page, with sample data: who meets them seldom knows them beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Literal, get_args

from waitroom.content.markdown import html_of, questions_of
from waitroom.content.products import Product
from waitroom.content.texts import Spoken
from waitroom.feedback.question import Kind
from waitroom.gate.draw_view import DrawView
from waitroom.gate.page import Pages
from waitroom.gate.texts import AskedPage, MovePage, TellPage
from waitroom.gate.views import (
    AskedView,
    ChallengeView,
    FormView,
    InvitationView,
    MoreView,
    MoveView,
    PrivacyView,
    TellView,
)
from waitroom.gate.whole_page import Page
from waitroom.line.draw import AnnouncedDraw, PublishedDraws
from waitroom.messages.message import Said
from waitroom.previews.samples import SAMPLES, view_of
from waitroom.privacy.holding import About, Holding, Where
from waitroom.reminders.channels import Channel
from waitroom.settings import RoomSettings
from waitroom.shaping.invitation import Refusal
from waitroom.words.offered import OFFERED

_TARGET = "/drop/shoes?size=42"
_DIGEST = "5f" * 32
_CODE = "0008-7K2Q-9MXA"
_INVITATIONS: tuple[Literal["opened", "required", "code"], ...] = ("opened", "required", "code")


@dataclass(frozen=True, slots=True)
class Other:
    """A page: what it is to operators, its template, and what makes it."""

    label: str
    template: str
    render: Callable[[Pages], Page]


def others(room: str) -> Mapping[str, Other]:
    """Each page by a name, for a room of this name."""
    here = f"https://shop.example/__waitroom/{room}"
    announced = AnnouncedDraw(
        room=room,
        event="opening",
        lane="general",
        opens_at=1_906_624_800_000,
        commitment=_DIGEST,
        digest=_DIGEST[:40],
        issued=1204,
    )
    draw = DrawView.of(room, PublishedDraws((announced,)), lane=None, number=None, address=f"{here}/draw")
    challenge = ChallengeView("1.text", "salt", 16, "00ff", "waitroom_answer", 20, _TARGET)
    pages = {
        "drawn": Other("The draw", "draw.html", lambda pages: pages.draw(draw)),
        "challenge": Other(
            "A moment of work first", "challenge.html", lambda pages: pages.challenge(challenge)
        ),
        "limited": Other(
            "Too many from there", "limited.html", lambda pages: pages.limited(room, 60, _TARGET)
        ),
        "crowded": Other("Too many at once", "crowded.html", lambda pages: pages.crowded(room, 6)),
        "languages": Other(
            "Languages", "languages.html", lambda pages: pages.languages(room, _TARGET, tuple(OFFERED))
        ),
        "framed": Other("In a frame", "framed.html", lambda pages: pages.framed(room, _TARGET)),
        "hand-back": Other(
            "A form handed back", "return.html", lambda pages: pages.hand_back("field", "letter", _TARGET)
        ),
        "shop-failed": Other("The shop failed", "trouble.html", lambda pages: pages.trouble(502, room)),
        "shop-slow": Other("The shop is slow", "trouble.html", lambda pages: pages.trouble(504, room)),
        "shop-busy": Other("The shop is busy", "trouble.html", lambda pages: pages.put_off(503, room)),
        "too-often": Other("Asked too often", "trouble.html", lambda pages: pages.put_off(429, room)),
    }
    more = MoreView(
        room,
        news=Spoken(
            "en", html_of("## New in\n\nSizes **36 to 45** are there, and [a guide](https://shop.example).")
        ),
        faq=Spoken(
            "en", questions_of("## When do you ship?\n\nToday.\n\n## Can I send it back?\n\nFor 30 days.")
        ),
        products=[
            Product("Trail shoe", "https://shop.example/trail", "", "€ 89", "Light, and dry in the rain."),
            Product("Wool socks", "", "", "€ 12", ""),
        ],
        has_chat=True,
    )
    pages["more"] = Other("While you wait", "more.html", partial(Pages.more, view=more))
    pages["chat"] = Other("The support chat", "chat.html", lambda pages: pages.chat(room, ""))
    cookie = Holding(
        Where.BROWSER, f"waitroom_ticket_{room}", "the ticket", "the place in line", About.NOBODY, "24 hours"
    )
    privacy = PrivacyView(
        room, _TARGET, 600, hashes_addresses=True, keeps_forms=True, keeps_contacts=True, held=(cookie,)
    )
    pages["privacy"] = Other("Privacy", "privacy.html", partial(Pages.privacy, view=privacy))
    for word, is_gone in (("kept", False), ("gone", True)):
        form = FormView(room, _TARGET, "/", "waitroom_form", is_gone=is_gone)
        pages[f"form-{word}"] = Other(f"A form: {word}", "form.html", partial(Pages.kept_form, view=form))
    for asked in _INVITATIONS:
        is_code = asked == "code"
        wrong = next(iter(Refusal)) if is_code else None
        view = InvitationView(room, asked, _TARGET, "token", asks_code=is_code, typed=_CODE, wrong=wrong)
        pages[f"invitation-{asked}"] = Other(
            f"Invitation: {asked}", "invitation.html", partial(Pages.invitation, view=view)
        )
    for step in get_args(AskedPage):
        asked_for = AskedView(room, step, Kind.CSAT, _TARGET, "token")
        pages[f"asked-{step}"] = Other(
            f"How was the wait: {step}", "feedback.html", partial(Pages.asked, view=asked_for)
        )
    for word in get_args(TellPage):
        mail = Channel.MAIL
        told = TellView(
            room,
            word,
            _TARGET,
            "",
            tuple(Channel),
            mail if word == "kept" else None,
            "a@b",
            mail,
            300,
            86_400,
            600,
        )
        pages[f"told-{word}"] = Other(f"Being told: {word}", "tell.html", partial(Pages.tell, view=told))
    left = view_of(SAMPLES["left"], RoomSettings(name=room), Said("", ""), datetime.now(UTC))
    question = AskedView(room, "ask", Kind.NPS, _TARGET, "token")
    pages["left-asked"] = Other(
        "Left, and asked", "left.html", partial(Pages.waiting, view=replace(left, asked=question))
    )
    for why in get_args(MovePage):
        move = MoveView(room, why, _TARGET, _CODE, f"{here}/move?c={_CODE}", "data:,", "")
        pages[f"move-{why}"] = Other(f"Another device: {why}", "move.html", partial(Pages.move, view=move))
    return pages
