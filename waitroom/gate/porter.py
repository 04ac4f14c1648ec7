"""Stands at the door of one room, and sends newcomers into the line or away."""

from __future__ import annotations

from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.screening import Screening
from waitroom.gate.tokens import Ticket
from waitroom.gate.turned_away import TurnedAway
from waitroom.line.guard import SUSPECTS
from waitroom.line.memory import GENERAL
from waitroom.shaping.verdict import Verdict


class Porter:
    """Acts on the verdict on newcomers."""

    def __init__(self, screening: Screening, turned_away: TurnedAway) -> None:
        self.screening = screening
        self._turned_away = turned_away

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
