"""docs/faults.md names for every row the test that makes it happen."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/faults.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
OF_THE_MATRIX = ("faults/test_*_in_a_sale.py", "faults/test_without_redis.py", "faults/test_rolling.py")


def names_in(file: Path) -> set[str]:
    """The names of the tests in a file."""
    found = ast.walk(ast.parse(file.read_text()))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in found if isinstance(node, kinds) and node.name.startswith("test_")}


def test_every_row_has_its_tests() -> None:
    """Each row of the tables names one at least, and all that are named are there."""
    tables = [
        table for table in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE) if table.startswith("| what fails")
    ]
    faults = [row for table in tables for row in table.splitlines()[2:]]
    assert len(faults) > 20
    assert [] == [row for row in faults if "::test_" not in row]
    assert [] == [f"{path}::{name}" for path, name in NAMED if name not in names_in(ROOT / path)]


def test_every_fault_that_is_tried_is_on_the_page() -> None:
    """No test of a fault in a sale is left out."""
    files = [file for pattern in OF_THE_MATRIX for file in (ROOT / "tests").glob(pattern)]
    tried = {(str(file.relative_to(ROOT)), name) for file in files for name in names_in(file)}
    assert set() == tried - set(NAMED)
