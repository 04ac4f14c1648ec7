"""The parts that the description is put together from: operations, answers, parameters."""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.gate.openapi.schemas import Schema, ref

JSON, PROBLEM = "application/json", "application/problem+json"
PAGE: Schema = {"text/html": {"schema": {"type": "string"}}}
STREAM: Schema = {"text/event-stream": {"schema": {"type": "string"}}}
FILES: Schema = {
    kind: {"schema": {"type": "string"}} for kind in ("text/css", "text/javascript", "image/svg+xml")
}
IMAGE: Schema = {"image/*": {"schema": {"type": "string"}}}
PLAIN: Schema = {"text/plain": {"schema": {"type": "string"}}}
TOKENS: list[Schema] = [
    {"$ref": f"#/components/parameters/{name}"} for name in ("Ticket", "Pass", "Invitation", "Challenge")
]
PASS: Schema = {"$ref": "#/components/parameters/Pass"}
TITLES = {
    200: "As asked for.",
    202: "You have to wait.",
    303: "On to the address in Location.",
    304: "You have it already.",
    403: "Refused: the type tells why.",
    404: "There is none.",
    405: "Not by this method; Allow tells by which.",
    409: "It cannot be done as things stand.",
    422: "The code is mistyped, or there is none like it; or the score is none.",
    429: "Too many, or too often; Retry-After tells when to come again.",
    503: "Not now; Retry-After tells when to ask again.",
}


def content(content_type: str, schema: str) -> Schema:
    """A content that is one of the named schemas."""
    return {content_type: {"schema": ref(schema)}}


def problem() -> Schema:
    """A problem of any type."""
    return content(PROBLEM, "Problem")


_COMMON: dict[str, list[Schema]] = {"Problem": [problem()], "ProblemOrPage": [problem(), PAGE]}


def tell(answers: dict[int, list[Schema]]) -> Schema:
    """The answers, by their status: each may come in several contents."""
    return {str(status): _told(status, answers[status]) for status in sorted(answers)}


def _told(status: int, contents: list[Schema]) -> Schema:
    for name, common in _COMMON.items():
        if contents == common:
            return {"$ref": f"#/components/responses/{name}{status}"}
    return _answer(status, contents)


def _answer(status: int, contents: list[Schema]) -> Schema:
    merged: Schema = {}
    for each in contents:
        merged |= each
    return {"description": TITLES[status], "content": merged}


def responses() -> Schema:
    """The answers that many addresses have in common, by their names."""
    return {
        f"{name}{status}": _answer(status, contents)
        for name, contents in _COMMON.items()
        for status in TITLES
        if status >= 400
    }


def file(content: Schema) -> Schema:
    """The answers of a file."""
    return tell({200: [content], 304: [content]})


def get(summary: str, answers: Schema, parameters: Sequence[Schema] = ()) -> Schema:
    """An address that is asked for."""
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": answers}}


def post(summary: str, answers: Schema, fields: Sequence[str], parameters: Sequence[Schema] = ()) -> Schema:
    """An address that is sent a form with these fields."""
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


def room(operations: Schema) -> Schema:
    """Of an address of a room: where there is no such room, there is no such address."""
    for operation in operations.values():
        told = operation["responses"]  # type: ignore[index]
        told.setdefault("404", _told(404, [problem()]))
    return {"parameters": [{"$ref": "#/components/parameters/Room"}], **operations}


def header(name: str, description: str) -> Schema:
    """A header field that may be sent."""
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


def query(name: str, description: str) -> Schema:
    """A field of the query."""
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string"}}
