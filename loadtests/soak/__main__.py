"""``python -m loadtests.soak [--minutes 30] [--visitors 300] [--rate 240]``."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from loadtests.measure.processes import allow_open_files
from loadtests.soak.run import Plan, soak
from loadtests.soak.verdicts import table


def main(arguments: Sequence[str] | None = None) -> int:
    """Soaks, prints the verdicts, and returns 1 where one of them is no."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--visitors", type=int, default=300, help="at a time")
    parser.add_argument("--rate", type=float, default=240, help="admissions a minute")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to keep all samples, as JSON")
    options = parser.parse_args(arguments)
    allow_open_files(20_000)
    started = time.monotonic()
    found = asyncio.run(soak(Plan(options.minutes * 60, options.visitors, options.rate)))
    if options.out:
        options.out.write_text(json.dumps(asdict(found.samples)) + "\n")
    print(found.told, table(found.verdicts), sep="\n\n")
    passed = all(each.passed for each in found.verdicts)
    print(f"\n{'flat' if passed else 'NOT FLAT'}, after {(time.monotonic() - started) / 60:.1f} minutes")
    return int(not passed)


if __name__ == "__main__":
    sys.exit(main())
