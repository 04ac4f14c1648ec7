"""What the OpenAPI document says of answers: each refusal as a problem, tables and streams beside JSON."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field

from admin.problems import MEDIA_TYPE

Documented = dict[str, Any]
"""A part of the document."""


class ProblemBody(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="allow", title="Problem")

    type: str = Field(description="`urn:waitroom:` and a word that stays the same.")
    title: str
    status: int
    detail: str = Field(description="For people.")


AS_CSV: Documented = {"text/csv": {"schema": {"type": "string"}}}
AS_STREAM: Documented = {
    "description": "Server-sent events",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}
_ETAG: Documented = {"ETag": {"description": "For If-Match.", "schema": {"type": "string"}}}
_REF = {"$ref": "#/components/schemas/Problem"}
_MEANS = {
    400: "The request cannot be read.",
    401: "Nobody known has sent it.",
    403: "Their role does not allow it, or it did not come from a page of the console.",
    404: "There is nothing of that name.",
    409: "It cannot be done as things stand.",
    412: "What it goes by is not what there is any more; `state` is what there is.",
    413: "It is too long.",
    422: "What it asks for cannot be; `detail` says what can.",
    428: "It does not say by what it goes.",
    429: "Too often.",
    503: "Redis, or the console's own file, does not answer; or too much is asked at once. `Retry-After` says when to "
    "try again.",
}


def both(*others: Documented, etag: bool = False) -> Documented:
    """An answer as JSON that may have other forms too."""
    content: Documented = {}
    for other in others:
        content |= other.get("content", other)
    found: Documented = {"content": content} if content else {}
    return found | ({"headers": _ETAG} if etag else {})


def refusals(*statuses: int) -> dict[int | str, Documented]:
    """Answers that are problems, for ``responses`` of a route. Those that any route may have need not be named."""
    return {
        status: {"description": _MEANS[status], "content": {MEDIA_TYPE: {"schema": _REF}}}
        for status in statuses
    }


def describe(app: FastAPI) -> None:
    """Lets the document of ``app`` say of each route what any route may answer."""

    def document() -> Documented:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            _complete(made)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # the way that FastAPI names for it


def _complete(made: Documented) -> None:
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for path in made["paths"].values():
        for operation in path.values():
            answers = operation["responses"]
            if "security" in operation:
                statuses = [401, 403, 503]
                if "requestBody" in operation:
                    statuses += [400, 413, 422]
                if any(each["in"] == "path" for each in operation.get("parameters", ())):
                    statuses.append(404)
                for status, refusal in refusals(*statuses).items():
                    answers.setdefault(str(status), refusal)
            if "422" in answers:
                answers["422"] = refusals(422)[422]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = ProblemBody.model_json_schema()
