"""The visitor's pages: a view of the visitor's state in, an HTML page out."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup

from waitroom.complaints import Complaints
from waitroom.content.markdown import Question
from waitroom.content.products import Product
from waitroom.content.texts import Spoken
from waitroom.feedback.question import Kind
from waitroom.gate._templates import environment, own_environment, told
from waitroom.gate.answers import Header
from waitroom.gate.draw_view import DrawView
from waitroom.gate.inline import Inline
from waitroom.gate.policy import policy_of
from waitroom.gate.static import StaticFiles
from waitroom.gate.texts import AskedPage, EtaForms, InvitationPage, MovePage, TellPage, Texts, Trouble
from waitroom.gate.whole_page import Page
from waitroom.messages.languages import Wanted
from waitroom.privacy.holding import Holding
from waitroom.record.receipt import Receipt
from waitroom.reminders.channels import Channel
from waitroom.shaping.invitation import Refusal
from waitroom.shaping.reason import Reason
from waitroom.themes.theme import PLAIN, SHEET, Theme
from waitroom.words.language import ENGLISH, Language, Languages, language
from waitroom.words.offered import OFFERED

_complaints = Complaints(logging.getLogger("waitroom.pages"))
_IN_ADDRESSES = "/?&=#%:;,+@!$'()*~[]"
"""What an address may hold as it is, escapes among it (RFC 3986 section 2.2)."""

PageState = Literal[
    "waiting",
    "soon",
    "called",
    "paused",
    "closed",
    "left",
    "moved",
    "resting",
    "expired",
    "restarted",
    "soldout",
    "unavailable",
]


@dataclass(frozen=True, slots=True)
class AskedView:
    """What asks somebody how the wait was, or takes their answer. ``target`` is where they go on to, ``question`` what
    shows that they waited, where they hold no pass. Any text may be hostile: it is escaped."""

    room: str
    page: AskedPage
    kind: Kind
    target: str
    question: str = ""

    @property
    def scores(self) -> range:
        """What can be answered."""
        return self.kind.scores


@dataclass(frozen=True, slots=True)
class PageView:
    """What the waiting page shows to one visitor.

    ``position`` counts from 1, ``ahead`` is those present before the visitor, ``waiting`` all those present.
    ``eta_range`` is the shortest and the longest estimated wait, in seconds, ``eta_reason`` why it has changed.
    ``refresh_after`` is after how
    many seconds a page without a live connection asks again. ``code`` is the short code for support.
    ``message`` is the operator's, empty when there is none. ``keep_seconds`` is how long the door stays open
    for a called visitor who is away, ``presence_seconds`` how long a silence counts as being away.
    ``target`` is the address first asked for, path and query. ``takes_codes`` offers the form
    for a code. Any text may be hostile: it is escaped.
    """

    room: str
    state: PageState
    position: int | None
    ahead: int | None
    waiting: int | None
    eta_range: tuple[int, int] | None
    eta_reason: Reason | None
    refresh_after: int
    code: str | None
    message: str
    keep_seconds: int
    presence_seconds: int
    target: str
    message_language: str = ""
    """The tag of the message's; empty: nobody has said."""
    opens: datetime | None = None
    """When the door opens, in the room's time zone; None: it is open, or nothing is planned."""
    opens_in: float | None = None
    """The same in seconds from now."""
    drawn: bool = False
    """Whether those who come before the opening are put in a drawn order."""
    takes_codes: bool = False
    """Whether there is a form for codes."""
    goes_on_alone: bool = False
    """Whether the line goes on while Redis is away."""
    still: bool = False
    """Nobody waits at it: its script draws it, and asks for nothing."""

    spare_link: str = ""
    """The address that carries the ticket, where it is not known yet whether the browser keeps cookies."""
    gives_extra_time: bool = False
    """Whether whose turn has come, or who lets others pass, may ask for more time."""
    not_yet_seconds: int = 0
    """For how long others may be let pass; 0: not at all."""
    rests_in: int | None = None
    """For how many seconds they still are; None: they are not."""
    back: datetime | None = None
    """When that is over, or would be, in the room's time zone."""
    first_state: str = ""
    """The visitor's state as JSON, where a cache serves the document of the line: the page then follows that while the
    door is far. Empty: there is no cache."""
    sold_out_link: str = ""
    """Where to go where there is nothing left; empty: nowhere."""
    returns: bool = False
    """There is nothing left for now, and one may wait for what comes back."""
    tells_away: bool = False
    """Whether one can be told by mail or telephone."""
    takes_along: bool = False
    """Whether the place can go to another device."""
    slip: str = ""
    """What undoes the leaving; empty: it cannot be undone."""
    undo_seconds: int = 0
    """For how long it can be."""
    has_more: bool = False
    """Whether there is something to read and to look at while one waits."""
    form: Literal["", "kept", "lost"] = ""
    """What became of a form that the visitor has sent."""
    query: str = ""
    """What carries the ticket behind the room's own addresses, where the browser keeps no cookies."""

    asked: AskedView | None = None
    """The question about the wait, on the page of somebody who has just left; None: they are not asked."""

    @property
    def behind(self) -> int | None:
        """How many wait behind the visitor; ``None`` where that is not known."""
        if self.position is None or self.waiting is None:
            return None
        return max(0, self.waiting - self.position)


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """What the page of a challenged newcomer needs: the puzzle, the ``room`` that takes it, ``target`` as above.

    ``wait_seconds`` is for how long a browser without JavaScript waits; 0: it cannot get in.
    """

    text: str
    salt: str
    bits: int
    sought: str
    room: str
    wait_seconds: int
    target: str


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What a page about invitations shows. Any text may be hostile: it is escaped."""

    room: str
    asked: InvitationPage
    target: str
    """Where it leads: path and query."""
    token: str = ""
    """The invitation that the button uses."""
    asks_code: bool = False
    typed: str = ""
    """The code as it was typed, where it was wrong."""
    wrong: Refusal | None = None
    """Why."""
    may_go_on: bool = False
    """There is a way in without an invitation."""

    @property
    def is_wrong(self) -> bool:
        """Whether a code was typed that does not count."""
        return self.wrong is not None


@dataclass(frozen=True, slots=True)
class MoveView:
    """What a page about a place on its way shows. Any text may be hostile: it is escaped."""

    room: str
    asked: MovePage
    target: str
    code: str = ""
    link: str = ""
    qr: str = ""
    """The address of the image."""
    typed: str = ""
    """The code as it was typed, where it was wrong."""


@dataclass(frozen=True, slots=True)
class TellView:
    """What the page of being told shows. Any text may be hostile: it is escaped."""

    room: str
    asked: TellPage
    target: str
    query: str
    """What carries the ticket, where the browser keeps no cookies."""
    channels: tuple[Channel, ...]
    channel: Channel | None
    """By which the visitor will be told; None: by none."""
    typed: str
    """The address as it was typed, where it was wrong."""
    chosen: str
    """The channel that was chosen then."""
    ahead_seconds: int
    forget_seconds: int
    keep_seconds: int


@dataclass(frozen=True, slots=True)
class MoreView:
    """What there is to read and to look at in a room; what is empty is left out."""

    room: str
    news: Spoken[Markup] | None
    faq: Spoken[list[Question]] | None
    products: Sequence[Product]
    has_chat: bool


@dataclass(frozen=True, slots=True)
class PrivacyView:
    """What the page about privacy shows. ``hashes_addresses``: whether addresses are counted."""

    room: str
    target: str
    session_seconds: int
    hashes_addresses: bool
    keeps_forms: bool
    keeps_contacts: bool
    held: Sequence[Holding]


@dataclass(frozen=True, slots=True)
class FormView:
    """What the page of a kept form shows. ``target`` is where the form goes, ``to`` where its sender goes without.
    ``is_gone``: it is not kept any more; ``sends``: it is sent without asking."""

    room: str
    target: str
    to: str
    field: str
    is_gone: bool = False
    sends: bool = False


class Press:
    """The templates of a folder in a theme, compiled for a language when it is first asked for, what stands in them,
    and the static files beside them. ``more`` are styles and scripts beside the folder's own, or in the place of some,
    by name; ``static`` are the files of another press of the same folder: the theme's join them.

    Raises ``FileNotFoundError`` at the start when the files are missing.
    """

    def __init__(
        self,
        templates: Path,
        more: Mapping[str, str] | None = None,
        *,
        theme: Theme = PLAIN,
        static: StaticFiles | None = None,
    ) -> None:
        self._folder = templates
        self.theme = theme
        inline = dict(more or {})
        if theme.style:
            sheet = inline.get(SHEET) or (templates / "inline" / SHEET).read_text(encoding="utf-8")
            inline[SHEET] = f"{sheet}\n{theme.style}"
        self._inline = Inline(templates / "inline", inline)
        self.static = static or StaticFiles(templates / "static")
        for file in theme.files:
            self.static.add(file)
        self.compiled = lru_cache(None)(self._compile)
        """The templates in the language of a tag."""
        self.ours = lru_cache(None)(self._compile_ours)
        """The same without the shop's own: those that stand in for them."""
        self.policy = lru_cache(None)(self._policy)
        """The Content-Security-Policy of a template, which is the same in all languages."""

    def _policy(self, template: str) -> str:
        sources = self._inline.sources(self.compiled(ENGLISH.tag), template)
        if self.theme.templates is not None:
            # ours may have to stand in for it
            more = self._inline.sources(self.ours(ENGLISH.tag), template)
            sources = {
                element: list(dict.fromkeys([*each, *more[element]])) for element, each in sources.items()
            }
        return policy_of(template, sources)

    def _compile(self, tag: str) -> Environment:
        if self.theme.templates is None:
            return self.ours(tag)
        spoken = language(tag)
        return self._fitted(own_environment(self._folder, self.theme.templates, spoken.words), spoken)

    def _compile_ours(self, tag: str) -> Environment:
        spoken = language(tag)
        return self._fitted(environment(self._folder, spoken.words), spoken)

    def _fitted(self, env: Environment, spoken: Language) -> Environment:
        texts = Texts(spoken)
        env.globals.update(name=self.theme.name or texts.name, eta_words=_data_attributes(texts.eta_forms))
        env.globals.update(reasons=json.dumps(texts.reasons, ensure_ascii=False))
        env.globals["theme"] = replace(self.theme, templates=None, moved=None, files=())
        env.globals.update(dir=spoken.direction, own_name=spoken.own_name)
        # Filters, because Jinja2 works out a filter of a constant when it compiles.
        env.filters["static"] = self.static.url
        self._inline.install(env)
        return env


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
        return self._page("trouble.html", status=status, room=room, trouble=trouble)


class Editions:
    """The pages in each of a site's languages. All templates are compiled in the first language at the start.

    Raises ``jinja2.TemplateError`` when one is missing or wrong.
    """

    def __init__(self, templates: Path | Press, languages: Sequence[str] = ()) -> None:
        self.languages = Languages(languages)
        self._press = templates if isinstance(templates, Press) else Press(templates)
        self.static, self.theme = self._press.static, self._press.theme
        self._in = lru_cache(None)(self._of)
        self.first = self.to(())
        """In the language of who reads none of them."""
        self.first.check()

    def to(self, wanted: Wanted) -> Pages:
        """The pages that somebody gets who wants these languages."""
        return self._in(self.languages.to(wanted))

    def _of(self, spoken: Language) -> Pages:
        return Pages(self._press, spoken)


TEMPLATES = (
    "waiting.html", "draw.html", "trouble.html", "challenge.html", "limited.html", "invitation.html", "return.html",
    "languages.html", "framed.html", "move.html", "left.html", "feedback.html", "tell.html", "more.html", "chat.html",
    "privacy.html", "form.html", "receipt.txt",
)  # fmt: skip
"""All pages."""


def _data_attributes(forms: EtaForms) -> Markup:
    words = {f"data-{name.replace('_', '-')}": text for name, text in asdict(forms).items()}
    return Markup(" ").join(Markup('{}="{}"').format(name, text) for name, text in words.items())


def local_target(target: str) -> str:
    r"""The address as one on this site: ``//host`` and ``/\host`` would lead a browser to another one.

    So would a tab or a line break between the slashes, which browsers drop (WHATWG URL, 4.4, step 3).
    """
    printable = "".join(character for character in target if character.isprintable())
    return "/" + printable.lstrip("/\\ ")


def leading_to(address: str) -> Header:
    """The header that leads a browser to an address: of what no address may hold, the escapes (RFC 3986 section 2)."""
    return b"location", quote(address, safe=_IN_ADDRESSES).encode()
