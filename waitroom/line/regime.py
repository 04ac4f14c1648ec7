"""What a room goes by: the settings and the plan of its file, brought to Redis, and what is in force there."""

from __future__ import annotations

import logging

from waitroom.errors import EventHeldError, UnreadableRulesError
from waitroom.line.desk import NOBODY_HELPED
from waitroom.line.head import Head
from waitroom.line.plan import NOTHING_PLANNED, Plan, Step, as_stored
from waitroom.line.rules import Rules
from waitroom.line.store import LineStore

_FILE = "configuration file"

logger = logging.getLogger("waitroom.line")


class Regime:
    """The settings of one room, its plan, and whom the support desk has helped, as one worker has read them."""

    def __init__(self, room: str, store: LineStore, from_file: Rules, plan: Plan) -> None:
        self.rules = from_file
        self.plan = plan
        self.helped = NOBODY_HELPED
        self._room = room
        self._store = store
        self._from_file = from_file
        self._plan_of_file = plan
        self._live: Rules | None = None
        self._planned = NOTHING_PLANNED
        self._version = -1
        self._brought = False

    def __repr__(self) -> str:
        return f"<Regime of {self._room}: version {self._version}, {self.rules.mode}>"

    def lacks(self, head: Head) -> bool:
        """Whether Redis has yet to be told of the file, or has lost what it was told."""
        return not self._brought or self._has_lost(head)

    def _has_lost(self, head: Head) -> bool:
        """Versions only rise: a Redis that came back with an earlier one lost what was set last."""
        return head.version == 0 or head.version < self._version

    def is_read(self, head: Head) -> bool:
        """Whether nothing has changed since it was read."""
        return head.version == self._version

    async def look(self) -> None:
        """Reads what is in force for somebody who keeps no room; a room that was never set goes by its file."""
        if (rules := await self._store.rules()).revision:
            self.rules = rules
        self._planned = await self._store.planned()
        self.plan = self._planned.plan

    async def read(self, head: Head) -> None:
        """Reads what is in force, of which ``head`` told."""
        try:
            self.rules = self._live = await self._store.rules()
        except UnreadableRulesError as error:
            head = await self._bring_anew(error)
        self._planned = await self._store.planned()
        self.plan = self._planned.plan
        self.helped = await self._store.helped()
        self._version = head.version

    async def bring(self, head: Head) -> Head:
        """Brings the file's settings to Redis and, where it lost them, what operators had set since."""
        lost, why = None, "Redis lost the live settings"
        if self._has_lost(head):
            lost = self._live
            try:
                await self._store.rules()
            except UnreadableRulesError as error:
                self._complain(error)
                lost, why = lost or self._from_file, str(error)
        head = await self._store.configure(self._from_file.for_file(), source="file", who=_FILE)
        if lost is not None:
            head = await self._store.configure(lost.to_redis(), source="live", who="gateway", why=why)
        await self._bring_plan(is_lost=lost is not None)
        if lost is not None:
            await self._bring_back(lost)
        self._brought = True
        return head

    async def _bring_anew(self, error: UnreadableRulesError) -> Head:
        """Sets what was in force before somebody wrote nonsense."""
        self._complain(error)
        self.rules = self._live or self._from_file
        return await self._store.configure(
            self.rules.to_redis(), source="live", who="gateway", why=str(error)
        )

    def _complain(self, error: UnreadableRulesError) -> None:
        logger.warning("room %s: %s; what was set before counts", self._room, error)

    async def _bring_plan(self, *, is_lost: bool) -> None:
        # what was taken before the loss is not taken again: it would undo what operators set since, or the event itself
        plan = self.plan if is_lost else self._plan_of_file
        name = self._plan_of_file.name
        try:
            await self._store.plan(plan.to_redis(), name=name, words=plan.words, source="file", who=_FILE)
        except EventHeldError as error:
            logger.error("room %s: the schedule of the file is left out: %s", self._room, error)  # noqa: TRY400

    async def _bring_back(self, lost: Rules) -> None:
        """What operators had planned and scheduled, where Redis lost it."""
        who, why = "gateway", "Redis lost the plan"
        plan, planned = self.plan, self._planned
        if plan.name != self._plan_of_file.name:
            await self._store.plan(
                plan.to_redis(), name=plan.name, words=plan.words, source="live", who=who, why=why
            )
        if planned.notices:
            await self._store.tell(
                lost.message,
                lost.translations,
                as_stored((Step.say(0, lost.notice), *planned.says)),
                notices=planned.notices,
                who=who,
                why=why,
            )
