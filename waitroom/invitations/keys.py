"""The names of the keys in Redis that hold a room's invitations, codes and revocations."""

from __future__ import annotations

from waitroom.line.keys import VERSION


def prefix(room: str) -> str:
    """What all keys of a room begin with; its hash tag puts them on one cluster slot."""
    return f"waitroom:{VERSION}:{{{room}}}"


def revoked_key(room: str) -> str:
    """zset: what was revoked (an invitation's id, a batch, a holder) -> until when that matters, in seconds."""
    return f"{prefix(room)}:revoked"


def uses_key(room: str) -> str:
    """hash: an invitation's id -> how many places it has given. Written by ``redeem.lua`` alone."""
    return f"{prefix(room)}:uses"


def batches_key(room: str) -> str:
    """hash: a batch of codes -> its lane, uses, begin and end."""
    return f"{prefix(room)}:codes"


def codes_key(room: str, batch: str) -> str:
    """hash: the digest of a code -> its serial and, where it is for a member, the holder. Ends with the batch."""
    return f"{prefix(room)}:codes:{batch}"


def tries_key(room: str, address: str) -> str:
    """How many wrong codes came from an address, of which only a keyed hash is here. Ends after a minute."""
    return f"{prefix(room)}:tries:{address}"
