"""The addresses by which somebody lets others pass for a while, asks for more time, and comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from waitroom.errors import LineUnavailableError
from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, VARY, answer, problem
from waitroom.gate.decision import Standing
from waitroom.gate.doorway import Doorway
from waitroom.gate.editions import Editions
from waitroom.gate.forms import form_fields
from waitroom.gate.leading import local_target
from waitroom.gate.negotiate import Kind
from waitroom.gate.place_links import lead, with_ticket
from waitroom.gate.refusals import put_off, refuses_foreign
from waitroom.gate.request import Request
from waitroom.gate.state import state_of
from waitroom.gate.texts import MovePage
from waitroom.gate.views import MoveView
from waitroom.gate.whole_page import send_page
from waitroom.line.desk import Spot
from waitroom.line.resting import Resting


class LettingPass:
    """Serves ``rest``, ``more`` and ``ready`` of one room. ``seconds`` is for how long at most others may pass,
    ``times`` how often as much again may be asked for."""

    def __init__(self, doorway: Doorway, editions: Editions, seconds: float, times: int) -> None:
        self._editions = editions
        self._doorway = doorway
        self._room = doorway.room
        self._ms = round(seconds * 1000)
        self._times = times

    async def rest(self, request: Request) -> None:
        """The sender lets others pass."""
        await self._do(request, lambda spot: self._room.rest(spot, self._ms))

    async def more(self, request: Request) -> None:
        """The sender asks for more time: the turn has come, or they let others pass already."""
        if not self._times:
            body = problem(404, "no-extra-time", "No extra time is given here.", {"room": self._room.name})
            await answer(request.scope, request.send, 404, PROBLEM, body, [NO_STORE, VARY])
            return
        await self._do(request, lambda spot: self._room.rest(spot, self._ms, self._times), refused="no-more")

    async def ready(self, request: Request) -> None:
        """The sender is back."""
        await self._do(request, self._room.ready, refused=None)

    async def _do(
        self, request: Request, act: Callable[[Spot], Awaitable[Resting]], refused: MovePage | None = "once"
    ) -> None:
        """``refused`` is the page that says that it was not done; None: it is never refused."""
        if await refuses_foreign(request):
            return
        brought = self._doorway.tokens.read(with_ticket(request).scope)
        stands, number = await self._doorway.standing(brought)
        is_page = request.kind is Kind.NAVIGATION
        to = (await form_fields(request)).get("target", "/") if is_page else ""
        if brought.ticket is None or brought.admission is not None or stands is Standing.NONE:
            done = Resting.OVER
        else:
            spot = Spot(brought.ticket.lane, number)
            try:
                done = await act(spot)
            except LineUnavailableError:
                await put_off(request, "The line cannot be reached just now. Your place is kept.")
                return
        if is_page and refused and done not in (Resting.DONE, Resting.OVER):
            pages = self._editions.to(request.languages)
            await send_page(request, 409, pages.move(MoveView(self._room.name, refused, local_target(to))))
        elif is_page:
            await lead(request, to)  # the page says how it stands
        elif brought.ticket is None or done is Resting.OVER:
            body = problem(404, "no-ticket", "There is no place in line.", {"room": self._room.name})
            await answer(request.scope, request.send, 404, PROBLEM, body, [NO_STORE, VARY])
        elif done is not Resting.DONE and refused:
            body = problem(409, f"not-{done}", "Others cannot pass this place now.", {"reason": done.value})
            await answer(request.scope, request.send, 409, PROBLEM, body, [NO_STORE, VARY])
        else:
            stands, number = await self._doorway.standing(brought)
            state = state_of(self._room, stands, number, brought.lane)
            await answer(request.scope, request.send, 200, JSON, state.to_json(), [NO_STORE, VARY])
