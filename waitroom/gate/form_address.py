"""The address at which whoever was let in is asked about the form that was kept for them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from waitroom.errors import LineUnavailableError
from waitroom.gate.editions import Editions
from waitroom.gate.forms import form_fields, query_fields
from waitroom.gate.kept_forms import FIELD, KeptForms
from waitroom.gate.place_links import lead
from waitroom.gate.refusals import put_off, refuses_foreign
from waitroom.gate.request import Request
from waitroom.gate.views import FormView
from waitroom.gate.visitor import Tokens
from waitroom.gate.whole_page import send_page


class FormAddress:
    """``/__waitroom/{room}/form`` of one room."""

    def __init__(self, tokens: Tokens, forms: KeptForms, editions: Editions) -> None:
        self._tokens = tokens
        self._forms = forms
        self._editions = editions

    async def serve(self, request: Request) -> None:
        """The page, and its button that has the form forgotten. The other one leads to the form's own address."""
        if request.scope["method"] == "POST":
            await self._drop(request)
            return
        to, beside = query_fields(request).get("to", "/"), request.beside
        admission = self._tokens.read(request.scope).admission
        if admission is None or not beside.form:
            await lead(request, to)
            return
        try:
            form = await self._forms.look(beside.form, admission)
        except LineUnavailableError:
            await put_off(
                request, "Your form cannot be looked up just now. It is kept: load this page again."
            )
            return
        pages = self._editions.to(request.languages)
        if form is None:
            view = FormView(request.room, to, to, FIELD, is_gone=True)
            await send_page(request, 200, pages.kept_form(view), [self._without(request)])
        else:
            view = FormView(request.room, form.target, to, FIELD, sends=self._forms.is_fresh(form))
            await send_page(request, 200, pages.kept_form(view))

    async def _drop(self, request: Request) -> None:
        if await refuses_foreign(request):
            return
        admission = self._tokens.read(request.scope).admission
        if admission is not None:
            with suppress(LineUnavailableError):  # it ends by itself, and without its key nobody can read it
                await self._forms.drop(admission)
        request.gifts.append(self._without(request))
        await lead(request, (await form_fields(request)).get("to", "/"))

    def _without(self, request: Request) -> tuple[bytes, bytes]:
        """The cookie without the form's key."""
        brought = self._tokens.read(request.scope)
        return self._tokens.keep_beside(brought, replace(request.beside, form=""), secure=request.secure)
