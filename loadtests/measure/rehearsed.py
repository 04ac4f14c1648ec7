"""A rehearsal of a million visitors on one core, its Redis included."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from loadtests.measure.report import Result

VISITORS, RATE = 1_000_000, 20_000
MOST_SECONDS = 60.0
CROWDS = ("calm", "phones")


def measure() -> list[Result]:
    """One line for a crowd that only waits, one for a crowd as it is."""
    return [_measure(crowd) for crowd in CROWDS]


def _measure(crowd: str) -> Result:
    core = {min(os.sched_getaffinity(0))}
    with tempfile.TemporaryDirectory(prefix="waitroom-measure-") as folder:
        options = [
            "--visitors",
            str(VISITORS),
            "--rate",
            str(RATE),
            "--crowd",
            crowd,
            "--seed",
            "1",
            "--out",
            folder,
        ]
        # Redis is a child of the command: it inherits the core, and its time counts with that of the command
        before, begun = _children(), time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "waitroom", "rehearse", *options],
            check=True,
            stdout=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, core),
        )
        wall, spent = time.perf_counter() - begun, _children() - before
        report = json.loads((Path(folder) / "report.json").read_text())
    assert report["visitors"] == VISITORS == sum(report["fates"].values())
    assert report["overtakes"] == 0
    return Result(
        what=f"a rehearsal of {VISITORS:,} visitors ({crowd})",
        target=f"under {MOST_SECONDS:.0f} s of one core",
        measured=f"{spent:.0f} s",
        passed=spent < MOST_SECONDS,
        how=f"`waitroom rehearse --visitors {VISITORS} --rate {RATE} --crowd {crowd} --seed 1`, bound to one core "
        "with its Redis: processor time of both, from the start of the command to its end, report and charts "
        f"included. {wall:.0f} s passed, with whatever else the machine did. {report['admitted']:,} entered over "
        f"{report['simulated_seconds'] / 60:.0f} simulated minutes; nobody was overtaken.",
        details={
            "processor_seconds": round(spent, 1),
            "wall_seconds": round(wall, 1),
            "admitted": report["admitted"],
            "rate_error": report["rate_error"],
            "eta_coverage": report["eta_coverage"],
        },
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
