"""What a form of the gateway's own pages sends."""

from __future__ import annotations

from urllib.parse import parse_qs

from waitroom.errors import ClientGoneError
from waitroom.gate.request import Request

MAX_FORM_BYTES = 16_384
_MAX_FIELDS = 20


async def form_fields(request: Request) -> dict[str, str]:
    """The fields of a posted form, the first of each name; none where it is not one, or too long."""
    body = b""
    more = True
    while more and len(body) <= MAX_FORM_BYTES:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return {} if len(body) > MAX_FORM_BYTES else fields_of(body)


def query_fields(request: Request) -> dict[str, str]:
    """The fields of a query string, likewise."""
    return fields_of(request.scope["query_string"])


def fields_of(text: bytes) -> dict[str, str]:
    """The fields of an ``application/x-www-form-urlencoded`` text in UTF-8, as browsers send it."""
    try:
        found = parse_qs(text.decode("latin-1"), max_num_fields=_MAX_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}
