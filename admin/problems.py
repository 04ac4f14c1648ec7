"""What goes wrong is told as a problem (RFC 9457), to people and programs alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from admin.store import StoreError
from waitroom.errors import LineUnavailableError, SettingsError

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the RFC's word
    """A request that cannot be done. ``kind`` is the stable end of its ``type``, ``detail`` is for people."""

    def __init__(
        self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None, **members: object
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = headers
        self.members = members

    @property
    def title(self) -> str:
        """What the status is called."""
        return HTTPStatus(self.status).phrase

    @property
    def fields(self) -> dict[str, str]:
        """The header fields of the answer; RFC 9110 section 15.5.2 wants one with a 401."""
        fields = dict(self.headers or {})
        if self.status == HTTPStatus.UNAUTHORIZED:
            fields.setdefault("www-authenticate", "Bearer")
        return fields

    def response(self) -> JSONResponse:
        """The answer."""
        about = {
            "type": f"urn:waitroom:{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }
        return JSONResponse(about, self.status, self.fields, MEDIA_TYPE)


def tell_problems(app: FastAPI, answer: Callable[[Request, Problem], Response]) -> None:
    """Lets ``app`` answer each kind of error as ``answer`` makes it of the problem."""

    async def problem(request: Request, error: Exception) -> Response:
        return answer(request, as_problem(error))

    for kind in (
        Problem,
        HTTPException,
        RequestValidationError,
        LineUnavailableError,
        SettingsError,
        StoreError,
    ):
        app.add_exception_handler(kind, problem)


def as_problem(error: Exception) -> Problem:
    """What to tell of an error."""
    match error:
        case Problem():
            return error
        case HTTPException():
            kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
            return Problem(error.status_code, kind, str(error.detail), error.headers)
        case RequestValidationError():
            wrong = "; ".join(f"{_place(each['loc'])}: {each['msg']}" for each in error.errors())
            return Problem(422, "wrong-request", wrong)
        case SettingsError():
            return Problem(422, "wrong-setting", str(error))
        case LineUnavailableError():
            return Problem(503, "line-unavailable", str(error), {"retry-after": "1"})
        case _:
            return Problem(503, "store-unavailable", str(error), {"retry-after": "5"})


def _place(location: tuple[object, ...]) -> str:
    return ".".join(str(part) for part in location if part != "body") or "body"
