"""What the pages show to one visitor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from waitroom.content.markdown import Question
from waitroom.content.products import Product
from waitroom.content.texts import Spoken
from waitroom.feedback.question import Kind
from waitroom.gate.texts import AskedPage, InvitationPage, MovePage, TellPage
from waitroom.privacy.holding import Holding
from waitroom.reminders.channels import Channel
from waitroom.shaping.invitation import Refusal
from waitroom.shaping.reason import Reason

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
