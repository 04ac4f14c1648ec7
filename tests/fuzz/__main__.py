"""Fuzz one target, led by coverage: ``python -m tests.fuzz <target> [--seconds N] [--keep FOLDER]``."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import TARGETS, seeds


def main() -> int:
    """Read the command line, and fuzz in a process of its own, which the fuzzer ends itself. 1: it found something."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", type=Path, help="a folder for corpus and findings; else they are dropped")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="waitroom-fuzz-") as temporary:
        folder: Path = (options.keep or Path(temporary)).resolve()
        corpus, found = folder / "corpus", folder / "findings"
        for each in (corpus, found):
            each.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds(options.target)):
            (corpus / f"seed-{number}").write_bytes(seed)
        arguments = [options.target, str(options.seconds), corpus, found]
        code = subprocess.run([sys.executable, "-m", "tests.fuzz.guided", *arguments], check=False).returncode
        return code or int(any(found.iterdir()))


if __name__ == "__main__":
    sys.exit(main())
