"""The visitor's pages: a view of the visitor's state in, an HTML page out."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from markupsafe import Markup

from waitroom.complaints import Complaints
from waitroom.gate._templates import told
from waitroom.gate.answers import Header
from waitroom.gate.draw_view import DrawView
from waitroom.gate.leading import local_target
from waitroom.gate.packing import packed
from waitroom.gate.press import TEMPLATES, Press
from waitroom.gate.texts import Texts, Trouble
from waitroom.gate.views import (
    AskedView,
    ChallengeView,
    FormView,
    InvitationView,
    MoreView,
    MoveView,
    PageView,
    PrivacyView,
    TellView,
)
from waitroom.gate.whole_page import Page
from waitroom.record.receipt import Receipt
from waitroom.words.language import ENGLISH, Language
from waitroom.words.offered import OFFERED

_complaints = Complaints(logging.getLogger("waitroom.pages"))


class Pages:
    """The pages in one language: renders the templates of a folder. Safe to share between requests."""

    def __init__(self, templates: Path | Press, spoken: Language = ENGLISH) -> None:
        press = templates if isinstance(templates, Press) else Press(templates)
        self.static = press.static
        self.texts = Texts(spoken)
        self.spoken = spoken
        self.content_language: Header = (b"content-language", spoken.spoken.encode())
        """What each page is sent with."""
        self._policy = press.policy
        self._env = press.compiled(spoken.tag)
        self._stand_in = partial(press.ours, spoken.tag) if press.theme.templates else None
        self._common = {"lang": spoken.spoken, "formats": spoken.formats}
        self._render_trouble = lru_cache(maxsize=128)(self._render_trouble_uncached)
        self.crowded = lru_cache(maxsize=128)(self._render_crowded)
        """The page of a newcomer whom a worker cannot serve now, by the room and the seconds to wait."""

    def check(self) -> None:
        """Compiles all templates now. Raises ``jinja2.TemplateError`` when one is missing or wrong."""
        for name in TEMPLATES:
            self._env.get_template(name)
            self._policy(name)

    def _rendered(self, name: str, values: Mapping[str, object]) -> bytes:
        return self._env.get_template(name).render(self._common, **values).encode()

    def _render(self, name: str, **values: object) -> bytes:
        if self._stand_in is None:
            return self._rendered(name, values)
        try:
            return self._rendered(name, values)
        except Exception as error:
            _complaints.exception(name, "%s is shown without the shop's templates: %s", name, told(error))
            return self._stand_in().get_template(name).render(self._common, **values).encode()

    def _page(self, name: str, **values: object) -> Page:
        body = self._render(name, **values)
        return Page(body, ((b"content-security-policy", self._policy(name).encode()), self.content_language))

    def waiting(self, view: PageView) -> Page:
        """The page of a visitor who is not let in (yet)."""
        texts = self.texts
        return self._page(
            "left.html" if view.asked else "waiting.html",
            view=view,
            target=local_target(view.target),
            position=texts.number(view.position),
            behind=texts.number(view.behind),
            waiting=texts.number(view.waiting),
            back=texts.clock(view.back) if view.back else "",
            not_yet=texts.lasting(view.not_yet_seconds),
            undo=texts.lasting(view.undo_seconds),
            wait=texts.eta(view.eta_range),
            why=texts.reasons.get(view.eta_reason) if view.eta_reason else None,
            keep=texts.lasting(view.keep_seconds),
            away=texts.later(view.presence_seconds),
            next=texts.later(view.refresh_after),
            opens=texts.moment(view.opens) if view.opens else "",
            asked=view.asked,
            ask=texts.question(view.asked.kind) if view.asked else None,
            number=texts.number,
        )

    def asked(self, view: AskedView) -> Page:
        """The page where somebody says how the wait was."""
        return self._page(
            "feedback.html",
            asked=view,
            ask=self.texts.question(view.kind),
            words=self.texts.asked(view.page),
            target=local_target(view.target),
            number=self.texts.number,
        )

    def draw(self, view: DrawView) -> Page:
        """The page of a room's opening draw."""
        return self._page("draw.html", view=view, number=self.texts.number, instant=self.texts.instant)

    def challenge(self, view: ChallengeView) -> Page:
        """The page of a newcomer who is to solve a challenge first."""
        wait = self.texts.later(view.wait_seconds)
        return self._page("challenge.html", view=view, target=local_target(view.target), wait=wait)

    def limited(self, room: str, wait_seconds: int, target: str) -> Page:
        """The page of a newcomer whose address or network has used its limit up."""
        wait = self.texts.later(wait_seconds)
        return self._page("limited.html", room=room, target=local_target(target), wait=wait)

    def hand_back(self, field: str, letter: str, target: str) -> Page:
        """The page that sends one field to an address as ``text/plain``."""
        return self._page("return.html", field=field, letter=letter, target=local_target(target))

    def kept_form(self, view: FormView) -> Page:
        """The page of a form that was kept while its sender waited."""
        target, to = local_target(view.target), local_target(view.to)
        return self._page("form.html", view=view, target=target, to=to)

    def framed(self, room: str, target: str) -> Page:
        """The page that leads out of a frame."""
        return self._page("framed.html", room=room, target=local_target(target))

    def privacy(self, view: PrivacyView) -> Page:
        """The page that tells what is kept of a visitor."""
        session = self.texts.lasting(view.session_seconds)
        return self._page("privacy.html", view=view, target=local_target(view.target), session=session)

    def move(self, view: MoveView) -> Page:
        """A page about a place on its way to another device."""
        words = self.texts.moving(view.asked)
        return self._page("move.html", view=view, words=words, target=local_target(view.target))

    def tell(self, view: TellView) -> Page:
        """The page of being told when the turn comes."""
        return self._page(
            "tell.html",
            view=view,
            words=self.texts.telling(view.asked),
            target=local_target(view.target),
            ahead=self.texts.lasting(view.ahead_seconds),
            kept_for=self.texts.later(view.forget_seconds),
            keep=self.texts.lasting(view.keep_seconds),
        )

    def receipt(self, receipt: Receipt, text: str, keys: str, name: str) -> bytes:
        """A receipt as a text to keep, as UTF-8. ``text`` is the signed one, ``keys`` the address of the public keys,
        ``name`` that of the file without its ending."""
        return self._render("receipt.txt", receipt=receipt, text=text, keys=keys, file=name)

    def more(self, view: MoreView) -> Page:
        """What there is to read and to look at while one waits."""
        return self._page("more.html", view=view)

    def chat(self, room: str, snippet: str) -> Page:
        """The page of a support chat, with the snippet of its maker. Its policy has to be its own."""
        return self._page("chat.html", room=room, snippet=Markup(snippet))  # noqa: S704 - the operator's

    def trouble(self, status: int, room: str | None) -> Page:
        """The page for a request that failed with this status (4xx or 5xx)."""
        return self._render_trouble(status, room, self.texts.trouble(status))

    def languages(self, room: str, target: str, offered: Sequence[str]) -> Page:
        """The page where a visitor chooses one of these languages."""
        names = [(tag, OFFERED[tag].own) for tag in offered]
        return self._page("languages.html", room=room, target=local_target(target), offered=names)

    def invitation(self, view: InvitationView) -> Page:
        """A page about invitations."""
        return self._page(
            "invitation.html",
            view=view,
            words=self.texts.invitation(view.asked),
            wrong=self.texts.refused(view.wrong) if view.wrong else "",
            target=local_target(view.target),
        )

    def put_off(self, status: int, room: str | None) -> Page:
        """The page for a request that was not sent to the shop just now: of a busy shop (503), or of a visitor who
        asks too often (429)."""
        return self._render_trouble(status, room, self.texts.put_off(status))

    def _render_trouble_uncached(self, status: int, room: str | None, trouble: Trouble) -> Page:
        return _shared(self._page("trouble.html", status=status, room=room, trouble=trouble))

    def _render_crowded(self, room: str, wait_seconds: int) -> Page:
        return _shared(self._page("crowded.html", room=room, wait=self.texts.later(wait_seconds)))


def _shared(page: Page) -> Page:
    return replace(page, zipped=packed(page.body))
