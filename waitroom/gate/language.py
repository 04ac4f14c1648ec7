"""The address where a visitor chooses the language of the pages. It needs no script.

The choice is kept in the cookie of the visitor's ticket, behind the ticket: see :mod:`waitroom.gate.beside`.
"""

from __future__ import annotations

from dataclasses import replace

from waitroom.gate.answers import NO_STORE, TEXT, VARY, answer
from waitroom.gate.editions import Editions
from waitroom.gate.forms import form_fields, query_fields
from waitroom.gate.leading import leading_to, local_target
from waitroom.gate.refusals import refuses_foreign
from waitroom.gate.request import Request
from waitroom.gate.visitor import Tokens
from waitroom.gate.whole_page import send_page


class LanguageAddress:
    """``/__waitroom/{room}/language`` of one room: all languages, and back to where the visitor came from."""

    def __init__(self, tokens: Tokens, editions: Editions) -> None:
        self._tokens = tokens
        self._editions = editions

    async def serve(self, request: Request) -> None:
        """The page, or what it sends."""
        if request.scope["method"] == "POST":
            await self._choose(request)
            return
        pages, offered = self._editions.to(request.languages), self._editions.languages
        target = query_fields(request).get("to", "/")
        page = pages.languages(request.room, target, offered.in_order(request.languages))
        await send_page(request, 200, page)

    async def _choose(self, request: Request) -> None:
        scope, send = request.scope, request.send
        # its cookie is not sent from there, and the ticket would be lost
        if await refuses_foreign(request, "A language is only chosen on the shop's own pages."):
            return
        fields = await form_fields(request)
        chosen = fields.get("language", "")
        if chosen not in self._editions.languages.tags:
            chosen = ""
        back = leading_to(local_target(fields.get("to", "/")))
        beside = replace(request.beside, language=chosen)
        kept = self._tokens.keep_beside(self._tokens.read(scope), beside, secure=request.secure)
        await answer(scope, send, 303, TEXT, b"", [back, NO_STORE, VARY, kept])
