"""What the key of a draw is made of."""

from __future__ import annotations

import hashlib
import subprocess

import pytest
from redis import Redis as BlockingRedis

from tests.line.draw_vector import (
    COMMITMENT,
    CONTRIBUTIONS,
    DIGESTS,
    EVENT,
    KEY,
    LANE,
    ROOM,
    SECRET,
    SEED,
)
from waitroom.line.draw import FIRST_DIGEST, commitment, draw_key, next_digest, seed_of

PARTS = {"room": ROOM, "event": EVENT, "lane": LANE, "first": 1, "count": 40_000}


def key_of(**changes: str | int) -> str:
    """The key of the vector, with other parts."""
    parts = {"seed": SEED, "digest": DIGESTS[-1], **PARTS, **changes}
    seed, digest = bytes.fromhex(str(parts.pop("seed"))), str(parts.pop("digest"))
    return draw_key(seed, digest, **parts).hex()  # type: ignore[arg-type]


def test_the_frozen_vector() -> None:
    """Seed, commitment, digests and key stay what they are."""
    assert SEED == seed_of(SECRET, ROOM, EVENT).hex()
    assert COMMITMENT == commitment(bytes.fromhex(SEED))
    digest = FIRST_DIGEST
    for (contribution, issued), expected in zip(CONTRIBUTIONS, DIGESTS, strict=True):
        digest = next_digest(digest, contribution, issued)
        assert expected == digest
    assert KEY == key_of()


def test_redis_works_out_the_same_digest(redis_url: str) -> None:
    """The digest that a script keeps is the one that is recomputed here, whatever the bytes."""
    script = "return redis.sha1hex(ARGV[1] .. ARGV[2] .. ':' .. ARGV[3])"
    with BlockingRedis.from_url(redis_url) as redis:
        for contribution in (bytes(16), bytes(range(240, 256)), b"\r\n:%s\\" + bytes(10)):
            kept = redis.eval(script, 0, FIRST_DIGEST, contribution, "1234567")
            assert next_digest(FIRST_DIGEST, contribution, 1_234_567) == kept.decode()


def test_a_shell_works_out_the_same_commitment() -> None:
    """With nothing but ``printf`` and ``sha256sum``."""
    command = f"printf 'waitroom draw 1 commitment\\n%s\\n' {SEED} | sha256sum"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert COMMITMENT == done.stdout.split()[0]


@pytest.mark.parametrize(
    "change",
    [
        {"seed": "00" * 32},
        {"digest": DIGESTS[0]},
        {"room": "drop2"},
        {"event": "2030-06-01T10:00:01Z"},
        {"lane": "members"},
        {"first": 2},
        {"count": 40_001},
        {"room": "dro", "event": "p" + EVENT},
        {"first": 14, "count": 0},
    ],
)
def test_every_part_counts(change: dict[str, str | int]) -> None:
    """Another seed, digest, room, event, lane, first or count is another key; none flows into the next."""
    assert KEY != key_of(**change)


def test_each_event_and_room_has_its_own_seed() -> None:
    """Under one secret, none of which is another's; and another secret gives another."""
    seeds = {seed_of(s, r, e) for s in ("a", "b") for r in ("a", "b") for e in ("a", "b")}
    assert 8 == len(seeds)
    assert seed_of("ä", "a", "b") == seed_of("ä".encode(), "a", "b")


def test_a_seed_is_no_other_hash_of_the_same_secret() -> None:
    """The purpose stands in what is hashed."""
    seed = seed_of("secret", "drop", "event")
    assert seed.hex() not in (
        hashlib.sha256(b"secret").hexdigest(),
        commitment(seed),
        draw_key(seed, FIRST_DIGEST, room="drop", event="event", lane="x", first=1, count=1).hex(),
    )


def test_a_line_break_is_refused() -> None:
    """With one, two lists of parts could give the same text."""
    with pytest.raises(ValueError, match="line break"):
        seed_of("secret", "drop\nevent", "x")
    with pytest.raises(ValueError, match="line break"):
        key_of(lane="a\n1")


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_a_contribution_has_its_length(length: int) -> None:
    """With another, two chains of joins could give the same text."""
    with pytest.raises(ValueError, match="16 bytes"):
        next_digest(FIRST_DIGEST, bytes(length), 1)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_has_its_length(length: int) -> None:
    """A short one could be guessed from its commitment."""
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(bytes(length))
