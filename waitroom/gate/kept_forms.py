"""Forms that the room caught: kept while their sender waits, and sent once after admission.

A page of the shop sends a form, and its sender has to wait: the page of the line answers it, and the form would be
lost. It is kept encrypted in Redis, with a key that is in the sender's cookie alone. Who is let in is asked whether it
is still to be sent, or, where it is fresh, the page does so by itself: it sends a short letter to the form's own
address, and the gateway puts the form in its place, as the browser had sent it, with the cookies of now. Whoever takes
it from Redis has taken it for all: two tabs send it once. See docs/adr/0035-a-form-is-sent-once.md.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from enum import StrEnum

from waitroom.errors import LineUnavailableError
from waitroom.forms.sealing import Form, FormSeal
from waitroom.forms.shelf import FormShelf
from waitroom.gate.answers import Header
from waitroom.gate.bodies import Bodies, replay
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.returns import is_from_here
from waitroom.gate.rooms import clear_path
from waitroom.gate.tokens import Pass, Ticket, Token
from waitroom.settings.forms import FormSettings
from waitroom.shaping.bypass import covers

FIELD = "waitroom_form"
"""The one field of the letter."""
_START = FIELD.encode() + b"="
_MOST_LETTER = 256
_LONGEST = 4096
"""Characters of an address, and of each field, that is kept with a form."""
_OF_BODY = frozenset((b"content-type", b"content-length", b"transfer-encoding", b"referer"))


class Kept(StrEnum):
    """What became of a form; the page says so."""

    NONE = ""
    """There is none, or none that the rule is about."""
    YES = "kept"
    NO = "lost"
    """It is larger than is kept, or there are too many, or Redis is away."""


class KeptForms:
    """Keeps the forms of one room."""

    def __init__(self, settings: FormSettings, seal: FormSeal, shelf: FormShelf, bodies: Bodies) -> None:
        self.settings = settings
        self._seal = seal
        self._shelf = shelf
        self._bodies = bodies

    async def keep(
        self, request: Request, ticket: Ticket | None, key: str, before: Ticket | None
    ) -> tuple[Kept, str]:
        """Keeps the form that a request is, for the holder of a ticket who has to wait: what became of it, and the key
        for their cookie. ``key`` is what the cookie has of an earlier form, ``before`` the ticket that they came with:
        a form stays with its place, so with another one it is lost."""
        if not self._is_one(request):
            if not key or ticket is None:
                return Kept.NONE, key
            is_same = before is not None and visit_of(before) == visit_of(ticket)
            return (Kept.YES, key) if is_same else (Kept.NO, "")
        form = await self._read(request)
        made = ""
        if form is not None and ticket is not None:
            made, sealed = self._seal.seal(form, visit_of(ticket))
            try:
                if not await self._shelf.keep(visit_of(ticket), sealed):
                    made = ""
            except LineUnavailableError:
                made = ""
        return (Kept.YES if made else Kept.NO), made

    async def look(self, key: str, admission: Pass) -> Form | None:
        """The form of somebody inside. Raises :class:`~waitroom.errors.LineUnavailableError`."""
        sealed = await self._shelf.look(visit_of(admission))
        return self._seal.open(key, sealed, visit_of(admission)) if sealed is not None else None

    def is_fresh(self, form: Form) -> bool:
        """Whether it is sent without asking."""
        return time.time() * 1000 - form.at < self.settings.fresh * 1000

    def may_be(self, request: Request) -> bool:
        """Whether a request may be the letter that a form is put in the place of: one of our own page."""
        return is_from_here(request, b"text/plain")

    async def open(self, request: Request, admission: Pass) -> Form | bool:
        """Makes the request the form that is kept, where it is the letter of it; True where it is none, and is left
        alone.

        False where the form is not there any more, is of another address, or cannot be reached: then nothing is sent.
        """
        body = await self._bodies.read(request, _MOST_LETTER, start=_START)
        if body is None:
            return True
        key, visit = request.beside.form, visit_of(admission)
        try:
            found = await self.look(key, admission) if key else None
            # it is looked at first: a letter with another key, or of another address, must not throw it away
            if found is None or found.target != request.target or await self._shelf.take(visit) is None:
                return False
        except LineUnavailableError:
            return False
        headers: Sequence[Header] = request.scope["headers"]
        kept = [header for header in headers if header[0] not in _OF_BODY]
        kept.append((b"content-type", found.content_type.encode("latin-1")))
        kept.append((b"content-length", b"%d" % len(found.body)))
        if found.referer:
            kept.append((b"referer", found.referer.encode("latin-1")))
        request.scope = {**request.scope, "headers": kept}
        request.receive = replay(found.body, request.receive)
        request.counts_as = Kind.NAVIGATION
        return found

    async def put_back(self, form: Form, admission: Pass) -> str:
        """Keeps a form again that was not sent after all; the new key for the cookie, empty where it is lost."""
        key, sealed = self._seal.seal(form, visit_of(admission))
        try:
            return key if await self._shelf.keep(visit_of(admission), sealed) else ""
        except LineUnavailableError:
            return ""

    async def drop(self, place: Token) -> None:
        """Forgets the form of a place. Raises :class:`~waitroom.errors.LineUnavailableError`."""
        await self._shelf.take(visit_of(place))

    def _is_one(self, request: Request) -> bool:
        """A form that a page of the shop's own has sent, at an address that the rule is about."""
        settings = self.settings
        if request.kind is not Kind.NAVIGATION or not is_from_here(request, *self._content_types):
            return False
        path = clear_path(request.path)
        return path is not None and any(covers(pattern, path) for pattern in settings.paths)

    @property
    def _content_types(self) -> tuple[bytes, ...]:
        return tuple(each.encode() for each in self.settings.content_types)

    async def _read(self, request: Request) -> Form | None:
        found = {name: value.decode("latin-1") for name, value in request.scope["headers"]}
        kind, referer = found.get(b"content-type", ""), found.get(b"referer", "")
        if max(map(len, (request.target, kind, referer))) > _LONGEST:
            return None
        body = await self._bodies.read(request, self.settings.most_bytes)
        return None if body is None else Form(request.target, kind, referer, int(time.time() * 1000), body)


def visit_of(place: Token) -> str:
    """The visit that a place stands for: the same for its ticket and its pass."""
    return f"{place.epoch}:{place.lane}:{place.number}"
