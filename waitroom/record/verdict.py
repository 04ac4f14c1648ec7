"""What an audit found, in plain words."""

from __future__ import annotations

from waitroom.record.findings import Figures, Promise

KEPT = {
    Promise.ORDER: "each lane was called in one unbroken row",
    Promise.RATE: "nobody was let in above the rate",
    Promise.CAPACITY: "nobody was let in above the capacity",
    Promise.DOOR: "nobody was let in through a shut door",
    Promise.DRAW: "the drawn order follows from what was committed to, and was kept",
    Promise.RECORD: "every entry follows the one before, and the room is what they come to",
}
"""Each promise, where it was kept."""


def notes(figures: Figures) -> list[str]:
    """What must be known to take the verdict for what it is."""
    notes = []
    if not figures.is_whole:
        notes.append("nothing is said of the time before the first entry")
    if figures.restored:
        notes.append(
            f"Redis forgot: a lane was put back {figures.restored:,} times as the gateways and tickets knew it"
        )
    if figures.restarts:
        notes.append("Redis was restarted or replaced: what it had not yet written down then is in no record")
    if figures.desk:
        names = ", ".join(who or "nobody" for who in figures.desk)
        notes.append(
            f"by the support desk: {figures.reinstated:,} given back, {figures.brought_forward:,} brought to the front"
            f" ({names}); waitroom record tells which, and why"
        )
    if figures.unknown:
        notes.append(f"{figures.unknown:,} entries are of kinds that this version does not know")
    return notes


def figures_in_words(figures: Figures) -> list[str]:
    """What the record comes to."""
    by_lane = ", ".join(f"{lane} {count:,}" for lane, count in figures.lanes.items())
    return [
        f"{figures.admitted:,} let in" + (f" ({by_lane})" if len(figures.lanes) > 1 else ""),
        f"{figures.late:,} of them late, {figures.passed:,} more let through in mode pass",
        f"{figures.overtakes:,} overtakes, {figures.wasted_turns:,} wasted turns, {figures.skipped:,} numbers skipped",
        f"{figures.changes:,} changes of settings, {figures.resets:,} resets, {figures.openings:,} openings,"
        f" {figures.drawn:,} tickets drawn",
    ]
