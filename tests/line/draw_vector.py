"""The frozen test vector of the opening draw. If it ever changes, published draws can no longer be checked."""

from __future__ import annotations

SECRET = "a secret for tests only"
ROOM, EVENT, LANE = "drop", "2030-06-01T10:00:00Z", "general"
CONTRIBUTIONS = ((bytes(range(16)), 3), (bytes(range(16, 32)), 40_000))
"""Two batches of joins: what each contributed, and the last number after it."""
DIGESTS = ("446925ee1267cbba16a1b96d84380449efdb9338", "f844aca421a4186c005ca559aa461f44125ae478")
SEED = "408cf1bdd4817f49e15192234d7b43d6638ae9961eaf8e40ea9c996b68be538f"
COMMITMENT = "f2a2480a27ee43e7fc8cdc55b23064e7af69f8f7e9a54e0c8568f1bf034b8240"
KEY = "86e1166f877d743b9c1d101f764071b082d9ca08941ddff375aeac8efeeeb02c"

RECORD = {
    "version": 1,
    "room": ROOM,
    "event": EVENT,
    "lane": LANE,
    "opened_at": 1_906_538_400_250,
    "first": 1,
    "count": 40_000,
    "commitment": COMMITMENT,
    "seed": SEED,
    "digest": DIGESTS[-1],
    "key": KEY,
}

TURNS: dict[tuple[int, int], dict[int, int]] = {
    (1, 1): {1: 1},
    (1, 2): {1: 2, 2: 1},
    (1, 3): {1: 1, 2: 3, 3: 2},
    (1, 5): {1: 4, 2: 2, 3: 5, 4: 1, 5: 3},
    (1, 7): {1: 7, 2: 6, 3: 1, 4: 2, 5: 5, 6: 4, 7: 3},
    (1, 97): {1: 32, 2: 82, 3: 80, 49: 94, 97: 27},
    (5_001, 1_000): {5_001: 5_361, 5_002: 5_826, 5_003: 5_208, 5_501: 5_601, 6_000: 5_775},
    (1, 40_000): {1: 19_266, 2: 33_258, 3: 17_521, 20_001: 14_389, 40_000: 10_463},
    (1, 10_000_000): {
        1: 4_811_696,
        2: 6_155_875,
        3: 6_697_122,
        5_000_001: 5_379_191,
        10_000_000: 8_127_000,
    },
}
"""By first number and count: ticket number to turn, under ``KEY``."""
