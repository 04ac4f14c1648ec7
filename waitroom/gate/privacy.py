"""The address that tells what is kept of a visitor: made from the settings and the live rules, so that it cannot differ
from them."""

from __future__ import annotations

from pydantic_core import to_json

from waitroom.gate.answers import JSON, NO_STORE, VARY, answer
from waitroom.gate.editions import Editions
from waitroom.gate.forms import query_fields
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.views import PrivacyView
from waitroom.gate.whole_page import send_page
from waitroom.line.room import Room
from waitroom.privacy.holding import About, Where
from waitroom.privacy.inventory import inventory
from waitroom.settings import RoomSettings, Settings


class PrivacyAddress:
    """``/__waitroom/{room}/privacy``: a page for people, JSON for programs."""

    def __init__(self, room: Room, editions: Editions, settings: Settings, of_room: RoomSettings) -> None:
        self._room = room
        self._editions = editions
        self._settings = settings
        self._of_room = of_room

    async def serve(self, request: Request) -> None:
        """All that is kept of visitors in this room, where, for what and for how long."""
        rules = self._room.rules
        # what is about its own people alone is no business of visitors
        held = [
            each for each in inventory(self._settings, self._of_room, rules) if each.about is not About.STAFF
        ]
        if request.kind is not Kind.NAVIGATION:
            body = to_json({"room": self._room.name, "kept": [each.members() for each in held]})
            await answer(request.scope, request.send, 200, JSON, body, [NO_STORE, VARY])
            return
        pages = self._editions.to(request.languages)
        view = PrivacyView(
            room=self._room.name,
            target=query_fields(request).get("to", "/"),
            session_seconds=rules.session_ms // 1000,
            hashes_addresses=any(each.about is About.ADDRESS and each.key_seconds for each in held),
            keeps_forms=bool(self._of_room.forms.paths),
            keeps_contacts=bool(self._of_room.reminders.channels),
            held=tuple(
                each for each in held if each.about is not About.NOBODY or each.where is Where.BROWSER
            ),
        )
        await send_page(request, 200, pages.privacy(view))
