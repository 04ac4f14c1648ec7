"""Stands at the door of one room, and sends newcomers into the line or away."""

from __future__ import annotations

import logging

from waitroom.complaints import Complaints
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.screening import Screening
from waitroom.gate.tokens import Ticket
from waitroom.gate.turned_away import TurnedAway
from waitroom.line.guard import SUSPECTS
from waitroom.line.memory import GENERAL
from waitroom.shaping.shedding import Shedding
from waitroom.shaping.verdict import Verdict

logger = logging.getLogger("waitroom.gate")


class Porter:
    """Acts on the verdict on newcomers."""

    def __init__(self, screening: Screening, turned_away: TurnedAway, shedding: Shedding) -> None:
        self.screening = screening
        self._turned_away = turned_away
        self._shedding = shedding
        self._complaints = Complaints(logger)

    async def begin(self, request: Request, kind: Kind) -> bool:
        """Takes a newcomer in hand until :meth:`end`, at the latest when Redis has answered; False: the worker has too
        many, and they were told so."""
        if self._shedding.begin(request):
            return True
        self._complaints.warn(
            "shed", "newcomers are asked to come again: too many at once, %r", self._shedding
        )
        await self._turned_away.shed(request, kind, self._shedding.pause_seconds())
        return False

    def end(self, request: Request) -> None:
        """Is done with a newcomer, or was before."""
        self._shedding.end(request)

    async def lane(
        self, request: Request, kind: Kind, *, holding: bool, exchanged: Ticket | None
    ) -> str | None:
        """The lane in which a newcomer may join; None where they may not, and were told so.

        ``exchanged`` is as for :meth:`Screening.look`.
        """
        screened = await self.screening.look(request, holding=holding, exchanged=exchanged)
        match screened.verdict:
            case Verdict.OK:
                return GENERAL
            case Verdict.SUSPECT:
                return SUSPECTS
            case _:
                await self._turned_away.answer(request, kind, screened)
                return None
