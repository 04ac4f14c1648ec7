"""The document: each address with its answers. ``HEAD`` is answered wherever ``GET`` is, with the same head."""

from __future__ import annotations

from waitroom import __version__
from waitroom.gate.openapi.parts import (
    FILES,
    JSON,
    PLAIN,
    content,
    file,
    get,
    header,
    problem,
    responses,
    tell,
)
from waitroom.gate.openapi.rooms import rooms
from waitroom.gate.openapi.schemas import SCHEMAS, Schema


def document() -> Schema:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "waitroom",
            "version": __version__,
            "description": "The gateway's own addresses; all others belong to the shop. The journey of an app, with "
            "runnable examples, is told in docs/apps.md, what each member means in docs/http.md. HEAD works wherever "
            "GET does. A place is known by cookies, or by Waitroom-Ticket and Waitroom-Pass.",
        },
        "paths": {**rooms(), **_site()},
        "components": {
            "schemas": SCHEMAS,
            "responses": responses(),
            "parameters": {
                "Room": {"name": "room", "in": "path", "required": True, "schema": {"type": "string"}},
                **{
                    name: header(f"Waitroom-{name}", description)
                    for name, description in {
                        "Ticket": "The place, as an answer gave it.",
                        "Pass": "The proof of admission, as an answer gave it.",
                        "Invitation": "By which a lane is entered.",
                        "Challenge": "The solution of a challenge: challenge~number.",
                    }.items()
                },
            },
        },
    }


def _site() -> Schema:
    return {
        "/__waitroom/keys": get(
            "The public keys of receipts", tell({200: [content("application/jwk-set+json", "Keys")]})
        ),
        "/__waitroom/health/live": get("The process turns", tell({200: [content(JSON, "Health")]})),
        "/__waitroom/health/ready": get(
            "Every room reaches its line", tell({200: [content(JSON, "Health")], 503: [content(JSON, "Health")]})
        ),
        "/__waitroom/embed.js": get(
            "The script that shows the wait over a page", file({"text/javascript": {"schema": {"type": "string"}}})
        ),
        "/__waitroom/embed-feedback.js": get(
            "The script that asks on a page how the wait was", file({"text/javascript": {"schema": {"type": "string"}}})
        ),
        "/__waitroom/embed.json": get("Its words and style", file({JSON: {"schema": {"type": "object"}}})),
        "/__waitroom/static/{file}": {
            "parameters": [{"name": "file", "in": "path", "required": True, "schema": {"type": "string"}}],
            **get("Scripts and style of the pages", tell({200: [FILES], 304: [FILES], 404: [PLAIN, problem()]})),
        },
        "/__waitroom/openapi.json": get("This document", file({JSON: {"schema": {"type": "object"}}})),
    }  # fmt: skip
