"""Runs a scenario: ``python -m loadtests.run flash_sale --host https://shop.example``.

The same as ``locust -f loadtests/scenarios/flash_sale.py``, found by its name from any folder. All options are Locust's
and the scenario's: ``python -m loadtests.run flash_sale --help``. Without a name it lists the scenarios.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Sequence
from pathlib import Path

SCENARIOS = Path(__file__).parent / "scenarios"


def scenarios() -> dict[str, str]:
    """The name of each, and its first line."""
    files = sorted(SCENARIOS.glob("*.py"))
    texts = {file.stem: ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "" for file in files}
    return {name: text.partition("\n")[0] for name, text in texts.items()}


def main(arguments: Sequence[str]) -> int:
    """Runs a scenario and returns Locust's exit code; 0 when asked for the list, 2 for a wrong name."""
    known = scenarios()
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        for name, text in known.items():
            print(f"  {name:16} {text}")
        return 0
    name, *options = arguments
    if name not in known:
        print(f"no scenario {name!r}: there are {', '.join(known)}", file=sys.stderr)
        return 2
    root = str(SCENARIOS.parents[1])
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "locust", "-f", str(SCENARIOS / f"{name}.py"), *options]
    sys.stdout.flush()
    return os.execv(sys.executable, command)  # the run is Locust's, with its signals


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
