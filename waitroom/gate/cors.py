"""What scripts of the shop's other origins may read: cross-origin resource sharing (Fetch standard, section 3.3).

The gateway answers for itself: its own answers carry the fields that let a listed origin read them, with cookies, and
preflights of its own addresses are answered here. What a script may do with the shop is for the shop to say: its
answers and the preflights of its addresses pass unchanged, but for the gateway's own fields, of which the shop knows
nothing. An app without cookies sends them and reads them, so they are taken out of what a preflight asks the shop, and
put into what the shop allows.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import Message, Send

from waitroom.gate.answers import NO_STORE, TEXT, Header, answer
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request

SENT_BY_APPS = "Waitroom-Ticket, Waitroom-Pass, Waitroom-Invitation, Waitroom-Claim, Waitroom-Challenge"
"""Request fields that a script may send to the gateway."""
READ_BY_APPS = (
    "Waitroom-Room, Waitroom-Position, Waitroom-Ticket, Waitroom-Pass, Waitroom-Invitation, Retry-After"
)
"""Response fields that a script may read."""
PREFLIGHT_SECONDS = 7200
"""For how long a browser remembers what was allowed: Chromium takes no more."""

_ALLOWED_ORIGIN = b"access-control-allow-origin"
_REQUESTED = b"access-control-request-headers"
_TOKENS = frozenset((b"waitroom-ticket", b"waitroom-pass", b"waitroom-invitation"))


class Cors:
    """Knows the shop's origins, as browsers write them."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._of = {origin.encode(): _own_fields(origin.encode()) for origin in origins}

    def begin(self, request: Request, *, own: bool) -> bool:
        """Lets the sender of a request read what is answered, where it is one of the shop's origins. ``own``: it asks
        for an address of the gateway's. Returns whether it is a preflight that :meth:`preflight` is to answer."""
        headers = request.scope["headers"]
        fields = next((self._of.get(value) for name, value in headers if name == b"origin"), None)
        if fields is None:
            return False
        request.from_own_origin = True
        is_preflight = request.scope["method"] == "OPTIONS" and request.kind is Kind.PREFLIGHT
        if is_preflight and own:
            request.gifts += fields
            return True
        asked = _without_ours(request) if is_preflight else ()
        request.send = _Readable(request, fields, asked).send
        return False

    async def preflight(self, request: Request) -> None:
        """What a script may send to the gateway's own addresses."""
        headers: list[Header] = [
            *request.gifts,
            (b"access-control-allow-methods", b"GET, HEAD, POST"),
            (b"access-control-allow-headers", f"Content-Type, {SENT_BY_APPS}".encode()),
            (b"access-control-max-age", b"%d" % PREFLIGHT_SECONDS),
            NO_STORE,
        ]
        await answer(request.scope, request.send, 200, TEXT, b"", headers)


class _Readable:
    """The ``send`` of a request whose sender may read the answer."""

    __slots__ = ("_allowed", "_fields", "_request", "_send")

    def __init__(self, request: Request, fields: Sequence[Header], allowed: Sequence[bytes]) -> None:
        self._request = request
        self._fields = fields
        self._allowed = allowed
        self._send: Send = request.send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: list[Header] = list(message["headers"])
            names = {name for name, _ in headers}
            if not self._request.of_shop:
                # what is public has a field of its own, which names nobody
                if _ALLOWED_ORIGIN not in names:
                    headers += self._fields
            elif _ALLOWED_ORIGIN in names:
                if self._allowed:
                    headers.append((b"access-control-allow-headers", b", ".join(self._allowed)))
                if given := sorted(names & _TOKENS):
                    headers.append((b"access-control-expose-headers", b", ".join(given)))
            message = {**message, "headers": headers}
        await self._send(message)


def _own_fields(origin: bytes) -> tuple[Header, ...]:
    return (
        (_ALLOWED_ORIGIN, origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", READ_BY_APPS.encode()),
        (b"vary", b"Origin"),
    )


def _without_ours(request: Request) -> list[bytes]:
    """Takes the gateway's own fields out of what a preflight asks the shop for, and returns them."""
    headers, ours = [], []
    for name, value in request.scope["headers"]:
        if name == _REQUESTED:
            asked = [field.strip() for field in value.split(b",")]
            ours += [field for field in asked if field.lower().startswith(b"waitroom-")]
            theirs = [field for field in asked if not field.lower().startswith(b"waitroom-")]
            if not theirs:
                continue
            headers.append((name, b",".join(theirs)))
        else:
            headers.append((name, value))
    if ours:
        request.scope["headers"] = headers
    return ours
