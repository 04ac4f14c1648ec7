"""The addresses by which somebody says where they want to be told of their turn, and takes it back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from urllib.parse import quote

from pydantic_core import to_json

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, VARY, Header, answer, problem
from waitroom.gate.decision import Standing
from waitroom.gate.doorway import Doorway
from waitroom.gate.editions import Editions
from waitroom.gate.forms import form_fields, query_fields
from waitroom.gate.negotiate import Kind
from waitroom.gate.place_links import FIELD, lead, with_ticket
from waitroom.gate.refusals import put_off, refuses_foreign
from waitroom.gate.request import Request
from waitroom.gate.state import state_of
from waitroom.gate.texts import TellPage
from waitroom.gate.views import TellView
from waitroom.gate.whole_page import OPEN, SECRET, send_page
from waitroom.reminders.addresses import AddressError, address_of, same_holder
from waitroom.reminders.channels import Channel
from waitroom.reminders.kept import Kept
from waitroom.reminders.reminder import Contact, Place
from waitroom.settings.reminders import ReminderSettings
from waitroom.shaping.addresses import Hasher, whence
from waitroom.shaping.buckets import Bucket
from waitroom.shaping.join_limits import JoinLimits

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_STATUS: dict[TellPage, int] = {"ask": 200, "kept": 200, "forgotten": 200, "wrong": 422, "often": 429}
_PANEL = "panel"
"""The field of the query by which the page's own script asks for the page, to show it within the other one."""
_LONGEST = 320
"""Characters that are looked at of what somebody typed."""


class Reminding:
    """Serves ``tell`` and ``forget`` of one room."""

    def __init__(
        self,
        doorway: Doorway,
        settings: ReminderSettings,
        kept: Kept,
        limits: JoinLimits,
        hasher: Hasher,
        editions: Editions,
    ) -> None:
        self._doorway = doorway
        self._room = doorway.room
        self._settings = settings
        self._kept = kept
        self._limits = limits
        self._hasher = hasher
        self._editions = editions

    async def tell(self, request: Request) -> None:
        """The form for an address; and what it sends: then it is kept."""
        posted = request.scope["method"] == "POST"
        if posted and await refuses_foreign(request):
            return
        fields = await form_fields(request) if posted else query_fields(request)
        try:
            place = await self._place(request)
            if place is None:
                await self._nothing(request, fields)
            elif not posted:
                kept = await self._kept.channel(place) if self._settings.channels else None
                await self._answer(request, "kept" if kept else "ask", fields, kept)
            else:
                await self._keep(request, place, fields)
        except LineUnavailableError:
            await put_off(request, "The line cannot be reached just now. Your place is kept.")

    async def forget(self, request: Request) -> None:
        """Deletes the address."""
        if await refuses_foreign(request):
            return
        fields = await form_fields(request)
        try:
            place = await self._place(request)
            if place is None:
                await self._nothing(request, fields)
                return
            await self._kept.forget(place)
        except LineUnavailableError:
            await put_off(request, "The line cannot be reached just now. Your place is kept.")
        else:
            await self._answer(request, "forgotten", fields)

    async def _place(self, request: Request) -> Place | None:
        """The place that the sender waits for; None: they wait for none."""
        brought = self._doorway.tokens.read(with_ticket(request).scope)
        stands, number = await self._doorway.standing(brought)
        waits = stands in (Standing.WAITING, Standing.LATE, Standing.CALLED)
        if brought.ticket is None or brought.admission is not None or not waits:
            return None
        return Place(self._room.lanes[brought.lane].head.epoch, brought.lane, number)

    async def _keep(self, request: Request, place: Place, fields: dict[str, str]) -> None:
        typed = fields.get("address", "")[:_LONGEST]
        try:
            channel = Channel(fields.get("channel", ""))
            if channel not in self._settings.channels:
                raise AddressError("a channel that the room does not have")
            address = address_of(channel, typed, self._settings.numbers)
        except ValueError:  # an unknown channel, or an AddressError
            await self._answer(request, "wrong", fields)
            return
        taken = await self._limits.take(self._buckets(request, channel, address))
        if taken.full is not None:
            await self._answer(request, "often", fields, wait_seconds=taken.wait_seconds)
            return
        language = self._editions.languages.to(request.languages).tag
        state = state_of(self._room, Standing.WAITING, place.number, place.lane)
        is_near = state.eta is not None and state.eta.seconds <= self._settings.ahead
        await self._kept.keep(place, Contact(channel, address, language), is_near=is_near)
        await self._answer(request, "kept", fields, channel)

    def _buckets(self, request: Request, channel: Channel, address: str) -> Sequence[Bucket]:
        """What bounds it: how often this address may be given by anybody, and how many this client may give. Both are
        counted under keyed hashes that change with the day."""
        now_ms = int(time.time() * 1000)
        to = self._hasher(same_holder(channel, address), now_ms)
        buckets = [Bucket(f"told:{to}", self._settings.per_address, _DAY_MS)]
        address_of_client = request.visitor.address
        if address_of_client and (places := whence(address_of_client)) is not None:
            by = self._hasher(b"told-by:" + places.address, now_ms)
            buckets.append(Bucket(f"told-by:{by}", self._settings.per_client, _HOUR_MS))
        return buckets

    async def _answer(
        self,
        request: Request,
        asked: TellPage,
        fields: dict[str, str],
        channel: Channel | None = None,
        *,
        wait_seconds: int = 0,
    ) -> None:
        status, pages = _STATUS[asked], self._editions.to(request.languages)
        headers: list[Header] = []
        if wait_seconds:
            headers.append((b"retry-after", b"%d" % wait_seconds))
        if request.kind is Kind.NAVIGATION or _PANEL in query_fields(request):
            view = TellView(
                room=self._room.name,
                asked=asked,
                target=fields.get("to", "/"),
                query=self._query(request),
                channels=tuple(self._settings.channels),
                channel=channel,
                typed=fields.get("address", "")[:_LONGEST] if asked == "wrong" else "",
                chosen=fields.get("channel", ""),
                ahead_seconds=int(self._settings.ahead),
                forget_seconds=int(self._settings.forget),
                keep_seconds=self._room.rules.keep_ms // 1000,
            )
            referrer = SECRET if view.query else OPEN
            await send_page(request, status, pages.tell(view), headers, referrer=referrer)
            return
        headers += (NO_STORE, VARY)
        if status == 200:
            members = {
                "room": self._room.name,
                "channels": self._settings.channels,
                "channel": channel,
                "ahead_seconds": int(self._settings.ahead),
                "forget_seconds": int(self._settings.forget),
            }
            await answer(request.scope, request.send, status, JSON, to_json(members), headers)
        else:
            kind = "address-refused" if asked == "wrong" else "too-many-addresses"
            body = problem(status, kind, pages.texts.telling(asked).detail, {"room": self._room.name})
            await answer(request.scope, request.send, status, PROBLEM, body, headers)

    async def _nothing(self, request: Request, fields: dict[str, str]) -> None:
        """The sender has no place whose turn could be told."""
        if request.kind is Kind.NAVIGATION:
            await lead(request, fields.get("to", "/"))
            return
        body = problem(404, "no-ticket", "There is no place in line.", {"room": self._room.name})
        await answer(request.scope, request.send, 404, PROBLEM, body, [NO_STORE, VARY])

    @staticmethod
    def _query(request: Request) -> str:
        """What carries the ticket where the browser keeps no cookies."""
        ticket = query_fields(request).get(FIELD)
        return f"?{FIELD}={quote(ticket)}" if ticket else ""
