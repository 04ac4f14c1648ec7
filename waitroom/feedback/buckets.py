"""Times of waiting, told apart as coarsely as is needed to see when people go, and no finer. Pure."""

from __future__ import annotations

from bisect import bisect_right

BOUNDS_SECONDS = (60, 120, 180, 300, 420, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200)
"""The upper ends of the buckets; a last one has all that is longer."""
BUCKETS = len(BOUNDS_SECONDS) + 1


def bucket_of(seconds: float) -> int:
    """The bucket of a wait, counted from 0."""
    return bisect_right(BOUNDS_SECONDS, seconds)


def begin_of(bucket: int) -> int:
    """Where a bucket begins, in seconds."""
    return BOUNDS_SECONDS[bucket - 1] if bucket else 0


def end_of(bucket: int) -> int | None:
    """Where it ends; None: nowhere."""
    return BOUNDS_SECONDS[bucket] if bucket < len(BOUNDS_SECONDS) else None


def spread(amount: float, begin: float, end: float) -> dict[int, float]:
    """An amount that came evenly between two ages in seconds, by bucket. Ages below 0 count as 0."""
    begin, end = max(begin, 0.0), max(end, 0.0)
    if end <= begin:
        return {bucket_of(begin): amount}
    shares: dict[int, float] = {}
    at = begin
    while at < end:
        bucket = bucket_of(at)
        upto = min(end, end_of(bucket) or end)
        shares[bucket] = amount * (upto - at) / (end - begin)
        at = upto
    return shares
