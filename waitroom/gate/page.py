"""The visitor's pages: a view of the visitor's state in, the bytes of an HTML page out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from waitroom.gate._templates import environment
from waitroom.gate.draw_view import DrawView
from waitroom.gate.static import StaticFiles
from waitroom.gate.texts import EtaForms, InvitationPage, Texts, Trouble
from waitroom.record.receipt import Receipt
from waitroom.shaping.invitation import Refusal
from waitroom.shaping.reason import Reason

PageState = Literal[
    "waiting", "soon", "called", "paused", "closed", "left", "expired", "restarted", "unavailable"
]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""The policy that the waiting page and the page of a failed request are written for: it must be sent with each."""

RETURN_POLICY = CONTENT_SECURITY_POLICY.replace("form-action 'self'; ", "")
"""The policy of the page that hands a form back. Chromium would apply ``form-action`` to where the shop then sends the
shopper on to as well, and that may be another site; see MDN."""


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
    still: bool = False
    """Nobody waits at it: its script draws it, and asks for nothing."""

    @property
    def behind(self) -> int | None:
        """How many wait behind the visitor; ``None`` where that is not known."""
        if self.position is None or self.waiting is None:
            return None
        return max(0, self.waiting - self.position)


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """What the page of a challenged newcomer needs: the puzzle, ``cookie`` for the solution, ``target`` as above.

    ``wait_seconds`` is for how long a browser without JavaScript waits; 0: it cannot get in.
    """

    text: str
    salt: str
    bits: int
    sought: str
    cookie: str
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


class Pages:
    """Compiles the templates of a folder at the start and renders them. Safe to share between requests.

    Raises ``jinja2.TemplateError`` at the start when a template is missing or wrong.
    """

    def __init__(self, templates: Path) -> None:
        self.static = StaticFiles(templates / "static")
        self.texts = Texts()
        env = environment(templates)
        env.globals.update(name=self.texts.name, eta_words=_data_attributes(self.texts.eta_forms))
        env.globals.update(reasons=json.dumps(self.texts.reasons, ensure_ascii=False))
        # A filter, because Jinja2 works out a filter of a constant when it compiles.
        env.filters["static"] = self.static.url
        self._waiting = env.get_template("waiting.html")
        self._receipt = env.get_template("receipt.txt")
        self._draw = env.get_template("draw.html")
        self._trouble = env.get_template("trouble.html")
        self._challenge = env.get_template("challenge.html")
        self._limited = env.get_template("limited.html")
        self._invitation = env.get_template("invitation.html")
        self._return = env.get_template("return.html")
        self._render_trouble = lru_cache(maxsize=128)(self._render_trouble_uncached)

    def waiting(self, view: PageView) -> bytes:
        """The page of a visitor who is not let in (yet), as UTF-8."""
        texts = self.texts
        return self._waiting.render(
            view=view,
            target=local_target(view.target),
            position=texts.number(view.position),
            behind=texts.number(view.behind),
            waiting=texts.number(view.waiting),
            wait=texts.eta(view.eta_range),
            why=texts.reasons.get(view.eta_reason) if view.eta_reason else None,
            keep=texts.duration(view.keep_seconds),
            away=texts.duration(view.presence_seconds),
            every=texts.duration(view.refresh_after),
            opens=texts.moment(view.opens) if view.opens else "",
        ).encode()

    def draw(self, view: DrawView) -> bytes:
        """The page of a room's opening draw, as UTF-8."""
        return self._draw.render(view=view, number=self.texts.number).encode()

    def challenge(self, view: ChallengeView) -> bytes:
        """The page of a newcomer who is to solve a challenge first, as UTF-8."""
        wait = self.texts.duration(view.wait_seconds)
        return self._challenge.render(view=view, target=local_target(view.target), wait=wait).encode()

    def limited(self, room: str, wait_seconds: int, target: str) -> bytes:
        """The page of a newcomer whose address or network has used its limit up, as UTF-8."""
        wait = self.texts.duration(wait_seconds)
        return self._limited.render(room=room, target=local_target(target), wait=wait).encode()

    def hand_back(self, field: str, letter: str, target: str) -> bytes:
        """The page that sends one field to an address as ``text/plain``, as UTF-8."""
        return self._return.render(field=field, letter=letter, target=local_target(target)).encode()

    def receipt(self, receipt: Receipt, text: str, keys: str, name: str) -> bytes:
        """A receipt as a text to keep, as UTF-8. ``text`` is the signed one, ``keys`` the address of the public keys,
        ``name`` that of the file without its ending."""
        return self._receipt.render(receipt=receipt, text=text, keys=keys, name=name).encode()

    def trouble(self, status: int, room: str | None) -> bytes:
        """The page for a request that failed with this status (4xx or 5xx), as UTF-8."""
        return self._render_trouble(status, room, self.texts.trouble(status))

    def invitation(self, view: InvitationView) -> bytes:
        """A page about invitations, as UTF-8."""
        return self._invitation.render(
            view=view,
            words=self.texts.invitation(view.asked),
            wrong=self.texts.refused(view.wrong) if view.wrong else "",
            target=local_target(view.target),
        ).encode()

    def put_off(self, status: int, room: str | None) -> bytes:
        """The page for a request that was not sent to the shop just now: of a busy shop (503), or of a visitor who
        asks too often (429)."""
        return self._render_trouble(status, room, self.texts.put_off(status))

    def _render_trouble_uncached(self, status: int, room: str | None, trouble: Trouble) -> bytes:
        return self._trouble.render(status=status, room=room, trouble=trouble).encode()


def _data_attributes(forms: EtaForms) -> Markup:
    words = {f"data-{name.replace('_', '-')}": text for name, text in asdict(forms).items()}
    return Markup(" ").join(Markup('{}="{}"').format(name, text) for name, text in words.items())


def local_target(target: str) -> str:
    r"""The address as one on this site: ``//host`` and ``/\host`` would lead a browser to another one.

    So would a tab or a line break between the slashes, which browsers drop (WHATWG URL, 4.4, step 3).
    """
    printable = "".join(character for character in target if character.isprintable())
    return "/" + printable.lstrip("/\\ ")
