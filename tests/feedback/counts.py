"""Counts of hours as gateways leave them in Redis."""

from __future__ import annotations

import random

from redis.asyncio import Redis

from waitroom.feedback.buckets import BUCKETS, begin_of, end_of
from waitroom.feedback.ledger import Answer
from waitroom.feedback.question import Kind, Where
from waitroom.line.keys import feedback_key


async def a_sale(redis: Redis, room: str, last: int, *, kind: Kind = Kind.CSAT, hours: int = 6) -> None:
    """Hours of a busy sale up to number ``last``: the longer the wait, the worse it is found."""
    chance = random.Random(6)
    best, worst = kind.scores[-1], kind.scores[0]
    for hour in range(last - hours + 1, last + 1):
        counts: dict[str, int] = {}
        standing = 4000.0
        for bucket in range(BUCKETS - 3):
            width = (end_of(bucket) or 0) - begin_of(bucket)
            left, silent = (int(standing * share * width / 3600) for share in (0.35, 0.9))
            entered = int(standing * 0.5 * width / 3600)
            counts |= {
                f"seconds:{bucket}": int(standing * width), f"left:{bucket}": left, f"silent:{bucket}": silent,
                f"entered:{bucket}": entered,
            }  # fmt: skip
            standing -= min(left + silent + entered, standing * 0.9)
            for where, share in ((Where.LEFT, 0.2), (Where.INSIDE, 0.05)):
                for _ in range(int(share * (left if where is Where.LEFT else entered)) + (bucket == 3)):
                    mood = best - (best - worst) * (begin_of(bucket) / 5000) - (where is Where.LEFT)
                    score = min(max(round(chance.gauss(mood, (best - worst) / 5)), worst), best)
                    field = Answer(kind, where, bucket, score).field
                    counts[field] = counts.get(field, 0) + 1
        await redis.hset(
            feedback_key(room, hour), mapping={name: str(count) for name, count in counts.items()}
        )


async def answers(redis: Redis, room: str, hour: int, *given: Answer) -> None:
    """Answers in one hour."""
    for each in given:
        await redis.hincrby(feedback_key(room, hour), each.field, 1)
