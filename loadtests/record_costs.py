"""What the record costs: an entry in Redis, with its chain and without; and the audit of a full record.

Run it with:  python loadtests/record_costs.py --redis redis://127.0.0.1:6379/9   (that database is emptied)
"""

from __future__ import annotations

import argparse
import time
from statistics import median

from redis import Redis

from waitroom.line import lua
from waitroom.record.audit import Audit
from waitroom.record.entries import LOG_LENGTH, Entry

WRITES = 1000
_FIELDS = (
    "'type', 'called', 'epoch', '1795320266', 'clock', '1795320266411', 'lane', 'general', 'from', '10018', 'to', "
    "'10020', 'granted', '2', 'late', '0', 'inside', '9', 'no_shows', '2', 'issued', '10025', 'drawn', ''"
)
CHAINED = f"{lua.record()}\nfor _ = 1, {WRITES} do write_record(KEYS[1], KEYS[2], {{{_FIELDS}}}) end"
BARE = f"for _ = 1, {WRITES} do redis.call('XADD', KEYS[2], 'MAXLEN', '~', {LOG_LENGTH}, '*', {_FIELDS}) end"


def entry_costs(redis: Redis) -> None:
    """Microseconds of Redis for an entry, and bytes."""
    for name, script in (("bare", BARE), ("chained", CHAINED)):
        redis.flushdb()
        times = []
        for _ in range(50):
            began = time.perf_counter()
            redis.eval(script, 2, "{x}:room", "{x}:log")
            times.append((time.perf_counter() - began) / WRITES * 1e6)
        size = (redis.memory_usage("{x}:log", samples=0) or 0) / (50 * WRITES)
        print(f"{name}: {median(times):.1f} us and {size:.0f} bytes an entry")


def audit_cost(count: int) -> None:
    """Seconds for a record of ``count`` entries."""
    entries, chain, called = [], "", 0
    settings = {"rate": " -> 6000", "mode": " -> queue", "capacity": " -> 0", "burst_ms": " -> 5000"}
    for number in range(count):
        common = {"epoch": "1", "clock": str(1_000_000 + number * 200)}
        if number == 0:
            fields = {"type": "began", **common}
        elif number == 1:
            fields = {"type": "changed", **common, "who": "ops", "why": "", **settings}
        else:
            called += 20
            fields = {
                "type": "called",
                **common,
                "lane": "general",
                "from": str(called - 20),
                "to": str(called),
            }
            fields |= {
                "granted": "20",
                "late": "0",
                "inside": "9",
                "no_shows": "0",
                "issued": "9999999",
                "drawn": "",
            }
        chain = Entry("", "", 0, 0, fields).chained_to(chain)
        entries.append((f"{1_000_000 + number * 200}-0", {**fields, "chain": chain}))
    began = time.perf_counter()
    audit = Audit("drop")
    audit.replay(entries)
    seconds = time.perf_counter() - began
    assert audit.findings == [], audit.findings[:3]
    print(f"audit of {count:,} entries, {audit.figures.admitted:,} let in: {seconds:.1f} s")


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--redis", required=True, help="a database that may be emptied")
    given = parser.parse_args()
    with Redis.from_url(given.redis) as redis:
        entry_costs(redis)
        redis.flushdb()
    audit_cost(LOG_LENGTH)


if __name__ == "__main__":
    main()
