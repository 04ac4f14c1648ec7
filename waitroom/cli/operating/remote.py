"""Running rooms, over the console's API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from admin.api.rooms.approval import ApprovalState
from admin.api.rooms.entry import RoomEvent
from admin.api.rooms.parts import BeforeAfter
from admin.api.rooms.state import ChangedState, RoomState
from admin.documented import ProblemBody
from waitroom.cli.operating.desk import Look, pairs
from waitroom.errors import WaitroomError
from waitroom.live.turning import Change

T = TypeVar("T")

TIMEOUT_SECONDS = 10.0
_ROOMS = TypeAdapter(list[RoomState])
_EVENTS = TypeAdapter(list[RoomEvent])
_EVENTS_EVERY = 3
"""Looks at a room for one at its record."""


class RemoteDesk:
    """The rooms of a console, by its address and a token."""

    def __init__(self, api: str, token: str) -> None:
        self._base = api.rstrip("/").removesuffix("/api")
        self._headers = {"authorization": f"Bearer {token.strip()}", "accept": "application/json"}

    def rooms(self) -> list[RoomState]:
        """All rooms as they are."""
        with self._client() as client:
            return self._read(_ROOMS, self._ask(client, "GET", ""))

    def change(self, room: str, changes: Sequence[str], why: str) -> list[str]:
        """Sets ``name=value`` pairs."""
        wanted = pairs(changes)
        return self._do("PATCH", room, "", {**wanted, "reason": why}, list(wanted))

    def pause(self, room: str, why: str) -> list[str]:
        """Admits nobody new."""
        return self._do("POST", room, "/pause", {"reason": why})

    def resume(self, room: str, why: str) -> list[str]:
        """Returns to the mode before the pause."""
        return self._do("POST", room, "/resume", {"reason": why})

    def reset(self, room: str, why: str) -> list[str]:
        """Begins the line anew."""
        with self._client() as client:
            body = {"confirm": room, "reason": why}
            answer = self._ask(client, "POST", f"/{quote(room, safe='')}/reset", body)
        if answer.status_code == httpx.codes.ACCEPTED:
            return self._waits(answer)
        epoch = self._read(TypeAdapter(ChangedState), answer).epoch
        return [f"{room}: the line begins anew (epoch {epoch}); those inside stay inside"]

    @contextmanager
    def watching(self, room: str) -> Iterator[Callable[[], Look]]:
        """What looks at a room, again and again."""
        looks, events = 0, list[RoomEvent]()
        with self._client() as client:

            def look() -> Look:
                nonlocal looks, events
                state = self._read(
                    TypeAdapter(RoomState), self._ask(client, "GET", f"/{quote(room, safe='')}")
                )
                if looks % _EVENTS_EVERY == 0:
                    path = f"/{quote(room, safe='')}/events?limit=50&type=-called"
                    events = self._read(_EVENTS, self._ask(client, "GET", path))
                looks += 1
                return Look(state, events)

            yield look

    def _do(
        self, method: str, room: str, path: str, body: Mapping[str, str], order: Sequence[str] = ()
    ) -> list[str]:
        with self._client() as client:
            answer = self._ask(client, method, f"/{quote(room, safe='')}{path}", body)
        if answer.status_code == httpx.codes.ACCEPTED:
            return self._waits(answer)
        changed = self._read(TypeAdapter(ChangedState), answer).changed
        names = sorted(changed, key=lambda name: order.index(name) if name in order else 0)
        return [f"{room}: {_told(name, changed[name])}" for name in names] or [f"{room}: nothing is new"]

    def _waits(self, answer: httpx.Response) -> list[str]:
        asked = self._read(TypeAdapter(ApprovalState), answer)
        what = [_told(name, each) for name, each in asked.changed.items()] or ["reset"]
        until = asked.expires_at.astimezone()
        return [
            f"{asked.room}: {', '.join(what)} waits for a second person until {until:%H:%M:%S} (approval {asked.id})"
        ]

    def _client(self) -> httpx.Client:
        try:
            return httpx.Client(headers=self._headers, timeout=TIMEOUT_SECONDS)
        except UnicodeEncodeError:
            raise WaitroomError("a token has none but plain letters, digits, - and _") from None

    def _ask(
        self, client: httpx.Client, method: str, path: str, body: Mapping[str, str] | None = None
    ) -> httpx.Response:
        headers = {"if-match": "*"} if method == "PATCH" else {}
        try:
            answer = client.request(method, f"{self._base}/api/rooms{path}", json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WaitroomError(f"{self._base} does not answer: {error}") from error
        if answer.is_success:
            return answer
        try:
            detail = ProblemBody.model_validate_json(answer.content).detail
        except ValidationError:
            detail = f"{self._base} answers {answer.status_code} {answer.reason_phrase}: is it the console?"
        raise WaitroomError(detail)

    def _read(self, kind: TypeAdapter[T], answer: httpx.Response) -> T:
        try:
            return kind.validate_json(answer.content)
        except ValidationError as error:
            raise WaitroomError(f"{self._base} answers as no console of this version does") from error


def _told(name: str, change: BeforeAfter) -> str:
    return str(Change(name, change.before, change.after))
