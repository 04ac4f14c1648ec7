"""What is kept, in words for those who run the room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from waitroom.privacy.holding import Holding, Where

TITLES = {
    Where.BROWSER: "In the visitor's browser",
    Where.REDIS: "In Redis",
    Where.LOGS: "In the logs",
    Where.TRACES: "In traces",
    Where.CONSOLE: "In console.db, of the console",
    Where.SHOP: "What the shop receives",
    Where.POST: "What those receive who carry messages",
}
NOT_KEPT = (
    "Nobody's address, browser, cookies of the shop, form or query is kept in the clear, anywhere. "
    "Nothing goes to anybody who is not named here."
)


def as_text(room: str, holdings: Sequence[Holding]) -> list[str]:
    """A few lines for each thing that is kept of a room."""
    lines = [f"room {room}", ""]
    for where, held in groupby(holdings, key=lambda holding: holding.where):
        lines.append(TITLES[where])
        for each in held:
            lines += [f"  {each.name}", f"      {each.what}"]
            lines.append(f"      for: {each.purpose}; about: {each.about}; kept: {each.keeping}")
        lines.append("")
    return [*lines, NOT_KEPT]
