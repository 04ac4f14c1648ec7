"""The opening draw: a random order for those who wait at the opening, which anyone can recompute.

Pure. ``permutation`` is the order, ``commitment`` what its key is made of, ``record`` what is published of a draw that
was held, ``published`` all that is published of a room's draws.
"""

from waitroom.line.draw.commitment import (
    CONTRIBUTION_BYTES,
    FIRST_DIGEST,
    commitment,
    draw_key,
    next_digest,
    seed_of,
)
from waitroom.line.draw.members import MalformedRecordError
from waitroom.line.draw.permutation import Draw
from waitroom.line.draw.published import AnnouncedDraw, PublishedDraws
from waitroom.line.draw.record import DrawRecord, Finding

__all__ = [
    "CONTRIBUTION_BYTES",
    "FIRST_DIGEST",
    "AnnouncedDraw",
    "Draw",
    "DrawRecord",
    "Finding",
    "MalformedRecordError",
    "PublishedDraws",
    "commitment",
    "draw_key",
    "next_digest",
    "seed_of",
]
