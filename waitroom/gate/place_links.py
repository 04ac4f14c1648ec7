"""A place in the page's address, for browsers that keep no cookies.

A newcomer's first page knows an address that carries the ticket. Where the next request shows that the cookie came
along, nobody needs it, and the address leads back to the clean one. Where it did not, the page of the line is shown at
that address: it is reloaded, polled and left as any other, and the place stays the same. Whoever allows cookies then is
led to the shop by the next request, with the ticket in a cookie and out of the address.

Nobody enters the shop by it: a pass that no cookie keeps would be lost with the first page, and the place with it.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from waitroom.gate.answers import NO_STORE, TEXT, VARY, Header, answer
from waitroom.gate.forms import query_fields
from waitroom.gate.leading import leading_to, local_target
from waitroom.gate.request import Request
from waitroom.gate.visitor import TICKET_HEADER

FIELD = "t"
"""The field of the query that holds the ticket."""
_ASKED_TWICE = "c"
"""The field that says that a cookie was set before."""


class PlaceLinks(NamedTuple):
    """The addresses that a page needs for a visitor whose browser may keep no cookies, or keeps none."""

    spare: str = ""
    """The address that carries the ticket, of a newcomer of whom that is not known; else empty."""
    query: str = ""
    """What is put behind the room's own addresses; empty where a cookie does it."""
    target: str = ""
    """The page's own address, where it carries the ticket."""


WITH_COOKIES = PlaceLinks()


def spare_link(room: str, ticket: str, target: str) -> PlaceLinks:
    """For the first page of a newcomer."""
    return PlaceLinks(spare=_address(room, ticket, target))


def links_here(room: str, ticket: str, target: str) -> PlaceLinks:
    """For a page whose address carries the ticket, since the browser keeps no cookies."""
    address = f"{_address(room, ticket, target)}&{_ASKED_TWICE}=1"
    return PlaceLinks(query=f"?{FIELD}={quote(ticket)}", target=address)


def with_ticket(request: Request) -> Request:
    """The request, with a ticket of its address as if it had come in a header."""
    if f"{FIELD}=".encode() in request.scope["query_string"] and (text := query_fields(request).get(FIELD)):
        header: Header = (TICKET_HEADER, text.encode("latin-1", "replace"))
        request.scope = {**request.scope, "headers": [*request.scope["headers"], header]}
    return request


class Asked(NamedTuple):
    """What an address that carries a ticket says."""

    ticket: str
    target: str
    is_second: bool
    """Whether a cookie was set when it was asked for before."""

    @classmethod
    def of(cls, request: Request) -> Asked:
        """Read from a request."""
        fields = query_fields(request)
        return cls(fields.get(FIELD, ""), local_target(fields.get("to", "/")), _ASKED_TWICE in fields)


async def lead(request: Request, address: str) -> None:
    """To another address, with what the visitor is given; no page learns where they came from."""
    headers = [
        leading_to(local_target(address)),
        NO_STORE,
        VARY,
        (b"referrer-policy", b"strict-origin"),
        *request.gifts,
    ]
    await answer(request.scope, request.send, 303, TEXT, b"", headers)


def _address(room: str, ticket: str, target: str) -> str:
    return f"/__waitroom/{room}/place?{FIELD}={quote(ticket)}&to={quote(local_target(target), safe='/')}"
