"""The document: each address with its answers. ``HEAD`` is answered wherever ``GET`` is, with the same head."""

from __future__ import annotations

from collections.abc import Sequence

from waitroom import __version__
from waitroom.gate.openapi.schemas import SCHEMAS, Schema, ref

_JSON, _PROBLEM = "application/json", "application/problem+json"
_PAGE: Schema = {"text/html": {"schema": {"type": "string"}}}
_STREAM: Schema = {"text/event-stream": {"schema": {"type": "string"}}}
_FILES: Schema = {
    kind: {"schema": {"type": "string"}} for kind in ("text/css", "text/javascript", "image/svg+xml")
}
_PLAIN: Schema = {"text/plain": {"schema": {"type": "string"}}}
_HOLD_STATUS = (200, 202, 429, 503)
"""What ``hold_status`` may be."""
_TOKENS: list[Schema] = [
    {"$ref": f"#/components/parameters/{name}"} for name in ("Ticket", "Pass", "Invitation", "Challenge")
]
_TITLES = {
    200: "As asked for.",
    202: "You have to wait.",
    303: "On to the address in Location.",
    304: "You have it already.",
    403: "Refused: the type tells why.",
    404: "There is none.",
    405: "Not by this method; Allow tells by which.",
    422: "The code is mistyped, or there is none like it.",
    429: "Too many, or too often; Retry-After tells when to come again.",
    503: "Not now; Retry-After tells when to ask again.",
}


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
        "paths": _paths(),
        "components": {
            "schemas": SCHEMAS,
            "parameters": {
                "Room": {"name": "room", "in": "path", "required": True, "schema": {"type": "string"}},
                **{
                    name: _header(f"Waitroom-{name}", description)
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


def _paths() -> Schema:
    return {
        "/__waitroom/{room}/status": _room(
            _get("Where you stand", _tell({200: [_is(_JSON, "State")], 404: [_problem()]}), _TOKENS)
        ),
        "/__waitroom/{room}/events": _room(
            _get(
                "The same as server-sent events: status, alive, admitted",
                _tell({200: [_STREAM], 404: [_problem()], 429: [_problem()]}),
                _TOKENS,
            )
        ),
        "/__waitroom/{room}/wait": _room(
            _get(
                "Wait without asking the shop: gives a place, lets in. 200 with state admitted: you are in",
                _tell(_waits()),
                [*_TOKENS, _query("to", "Where a browser goes on to: a path, or an address of one of cors_origins.")],
            )
        ),
        "/__waitroom/{room}/leave": _room(
            _post(
                "Give the place up",
                _tell({200: [_is(_JSON, "State"), _PAGE], 403: [_problem()], 503: [_problem()]}),
                ["target"],
                _TOKENS,
            )
        ),
        "/__waitroom/{room}/line": _room(
            _get("The line as a whole, the same for everyone", _tell({200: [_is(_JSON, "Line")]}))
        ),
        "/__waitroom/{room}/draw": _room(
            _get("The opening draw", _tell({200: [_is(_JSON, "Draws"), _PAGE], 404: [_problem(), _PAGE]}))
        ),
        "/__waitroom/{room}/receipt": _room(
            _get(
                "A signed receipt of the place",
                _tell({200: [_is(_JSON, "Receipt"), _PLAIN], 404: [_problem(), _PAGE]}),
                _TOKENS,
            )
        ),
        "/__waitroom/{room}/enter": _room(
            _get(
                "An invitation's link",
                _tell({200: [_is(_JSON, "Invitation"), _PAGE], **_LED}),
                [_query("i", "The invitation."), _query("claim", "Or a claim of the shop."), _query("to", "Where to.")],
            )
            | _post("Use it", _tell({200: [_is(_JSON, "Invitation")], **_LED}), ["i", "claim", "to"]),
        ),
        "/__waitroom/{room}/code": _room(
            _get("The form for a code", _tell({200: [_PAGE]}), [_query("to", "Where to.")])
            | _post(
                "Use a code",
                _tell(
                    {
                        200: [_is(_JSON, "Invitation")], **_LED, 422: [_problem(), _PAGE], 429: [_problem(), _PAGE],
                        503: [_problem()],
                    }
                ),
                ["code", "to"],
            ),
        ),
        "/__waitroom/keys": _get(
            "The public keys of receipts", _tell({200: [_is("application/jwk-set+json", "Keys")]})
        ),
        "/__waitroom/health/live": _get("The process turns", _tell({200: [_is(_JSON, "Health")]})),
        "/__waitroom/health/ready": _get(
            "Every room reaches its line", _tell({200: [_is(_JSON, "Health")], 503: [_is(_JSON, "Health")]})
        ),
        "/__waitroom/embed.js": _get(
            "The script that shows the wait over a page", _file({"text/javascript": {"schema": {"type": "string"}}})
        ),
        "/__waitroom/embed.json": _get("Its words and style", _file({_JSON: {"schema": {"type": "object"}}})),
        "/__waitroom/static/{file}": {
            "parameters": [{"name": "file", "in": "path", "required": True, "schema": {"type": "string"}}],
            **_get("Scripts and style of the pages", _tell({200: [_FILES], 304: [_FILES], 404: [_PLAIN, _problem()]})),
        },
        "/__waitroom/openapi.json": _get("This document", _file({_JSON: {"schema": {"type": "object"}}})),
    }  # fmt: skip


def _waits() -> dict[int, list[Schema]]:
    """At the door: let in, held with whatever ``hold_status`` is, or not given a place."""
    held = [_is(_PROBLEM, "Held"), _PAGE, _is(_JSON, "Cloudflare")]
    answers: dict[int, list[Schema]] = {status: list(held) for status in _HOLD_STATUS}
    answers[200][2] = {_JSON: {"schema": {"anyOf": [ref("State"), ref("Cloudflare")]}}}
    too_many: Schema = {_PROBLEM: {"schema": {"anyOf": [ref("Held"), ref("Problem")]}}}
    answers[429][0] = too_many
    answers[503].append(_PLAIN)
    refused: Schema = {_PROBLEM: {"schema": {"anyOf": [ref("Challenge"), ref("Problem")]}}}
    return {**answers, 303: [_PLAIN], 403: [refused, _PAGE]}


def _is(content_type: str, schema: str) -> Schema:
    return {content_type: {"schema": ref(schema)}}


def _problem() -> Schema:
    return _is(_PROBLEM, "Problem")


_LED: dict[int, list[Schema]] = {303: [_PLAIN], 403: [_problem(), _PAGE]}
"""What becomes of whoever comes with an invitation: led on, or told why it does not count."""


def _tell(answers: dict[int, list[Schema]]) -> Schema:
    told: Schema = {}
    for status in sorted(answers):
        content: Schema = {}
        for each in answers[status]:
            content |= each
        told[str(status)] = {"description": _TITLES[status], "content": content}
    return told


def _file(content: Schema) -> Schema:
    return _tell({200: [content], 304: [content]})


def _get(summary: str, answers: Schema, parameters: Sequence[Schema] = ()) -> Schema:
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": answers}}


def _post(summary: str, answers: Schema, fields: Sequence[str], parameters: Sequence[Schema] = ()) -> Schema:
    form: Schema = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
    body = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {
        "post": {
            "summary": summary,
            "parameters": list(parameters),
            "requestBody": body,
            "responses": answers,
        }
    }


def _room(operations: Schema) -> Schema:
    """Of an address of a room: where there is no such room, there is no such address."""
    for operation in operations.values():
        responses = operation["responses"]  # type: ignore[index]
        responses.setdefault("404", {"description": _TITLES[404], "content": _problem()})
    return {"parameters": [{"$ref": "#/components/parameters/Room"}], **operations}


def _header(name: str, description: str) -> Schema:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


def _query(name: str, description: str) -> Schema:
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string"}}
