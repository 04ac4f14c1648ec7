r"""What the key of a draw is made of, so that nobody can choose it and everybody can check it.

Before the opening a seed is committed to by its hash. Meanwhile each batch of joins stirs 16 fresh random bytes into
a running digest. At the opening the seed is shown, and the key follows from it, the digest, and who waited. What
this holds off, and what not: docs/adr/0010-the-opening-draw.md.

Every text that is hashed is a line that names its purpose and version, and then one line for each part; a part cannot
hold a line break, so no two lists of parts give the same text. ``printf '…\n' | sha256sum`` gives the same.
"""

from __future__ import annotations

import hmac
from hashlib import sha1, sha256

CONTRIBUTION_BYTES = 16
"""Of fresh randomness, from each batch of joins."""
FIRST_DIGEST = "0" * 40
"""The running digest before anybody has joined."""
SEED_BYTES = 32


def seed_of(secret: str | bytes, room: str, event: str) -> bytes:
    """The seed of an event's draw: HMAC-SHA256 (RFC 2104) under the site's secret, so that nothing need be kept.

    It stays secret until the opening. Another secret gives another seed: between commitment and opening the secret
    that was committed with must still be known. Raises ``ValueError`` for a part with a line break.
    """
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.digest(key, _lines("seed", room, event), "sha256")


def commitment(seed: bytes) -> str:
    """What is published of a seed before the opening: 64 hexadecimal digits.

    Raises ``ValueError`` for a seed that is not of 32 bytes.
    """
    return sha256(_lines("commitment", _hex(seed))).hexdigest()


def next_digest(digest: str, contribution: bytes, issued: int) -> str:
    """The running digest after a batch of joins: 40 hexadecimal digits.

    Args:
        digest: the one before it, :data:`FIRST_DIGEST` at the beginning.
        contribution: 16 random bytes of the worker that asks for the batch.
        issued: the last number that was given out, this batch included.

    SHA-1, since Redis's scripts have no other hash (``redis.sha1hex``). Raises ``ValueError`` for a contribution of
    another length, which would make the text ambiguous.
    """
    if len(contribution) != CONTRIBUTION_BYTES:
        raise ValueError(f"a contribution has {CONTRIBUTION_BYTES} bytes, not {len(contribution)}")
    # known collisions do not matter here: see the ADR
    return sha1(digest.encode("ascii") + contribution + b":%d" % issued, usedforsecurity=False).hexdigest()


def draw_key(seed: bytes, digest: str, *, room: str, event: str, lane: str, first: int, count: int) -> bytes:
    """The key of a lane's draw: 32 bytes.

    The time of the opening is no part of it: whoever runs the gateway could choose that to the millisecond.
    Raises ``ValueError`` for a part with a line break.
    """
    return sha256(_lines("key", _hex(seed), digest, room, event, lane, str(first), str(count))).digest()


def _hex(seed: bytes) -> str:
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
    return seed.hex()


def _lines(purpose: str, *parts: str) -> bytes:
    for part in parts:
        if "\n" in part:
            raise ValueError(f"a part of a draw cannot hold a line break: {part!r}")
    return "".join(f"{line}\n" for line in (f"waitroom draw 1 {purpose}", *parts)).encode()
