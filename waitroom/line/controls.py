"""What a room is set to by its file and by ops staff, in Redis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from waitroom.errors import OvertakenError
from waitroom.line.calls import Calls
from waitroom.line.head import Head
from waitroom.line.rules import Rules


class Controls(Calls):
    """The live settings of a room, the end of its line, and what is noted in its record by hand."""

    async def rules(self) -> Rules:
        """The live settings."""
        stored = await self._read(self._redis.hgetall(self._of_room.rules))
        return Rules.from_redis(cast(dict[bytes, bytes], stored))

    async def configure(
        self,
        changes: Mapping[str, str],
        *,
        source: str,
        who: str,
        why: str = "",
        revision: int | None = None,
    ) -> Head:
        """Changes live settings. ``source`` is ``file`` or ``live``: see ``configure.lua``.

        With ``revision``, that of the rules from which the change was worked out, nothing is changed once they are
        others: raises :class:`~waitroom.errors.OvertakenError`.
        """
        seen = "" if revision is None else revision
        words = (word for pair in changes.items() for word in pair)
        status, head, *_ = await self._ask("configure", who, why, source, seen, *words)
        after = self._learn(head)
        if status == b"OVERTAKEN":
            raise OvertakenError("the settings were changed meanwhile")
        return after

    async def reset(self, *, who: str, why: str, epoch: int | None = None) -> Head:
        """Ends this epoch: every ticket becomes one of an earlier life. Those inside stay inside.

        With ``epoch``, only that one: raises :class:`~waitroom.errors.OvertakenError` where it is over already.
        """
        status, head, *_ = await self._ask("reset", who, why, "" if epoch is None else epoch)
        after = self._learn(head)
        if status == b"OVERTAKEN":
            raise OvertakenError("the line was begun anew already")
        return after

    async def forget(self, before_ms: int, *, who: str, why: str) -> int:
        """Takes entries of before that moment (since 1970) out of the record, which says so; how many those were."""
        _, head, count = await self._ask("forget", who, why, before_ms)
        self._learn(head)
        return int(count)

    async def note_revoked(self, what: str, count: int, *, who: str, why: str) -> Head:
        """Notes in the record that invitations were revoked."""
        return await self._head("note", who, why, "revoked", what, count)

    async def note_codes(self, batch: str, lane: str, *, uses: int, count: int, who: str) -> Head:
        """Notes in the record that codes were minted."""
        return await self._head("note", who, "", "codes_minted", batch, lane, uses, count)
