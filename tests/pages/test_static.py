"""The gateway's own static files."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from waitroom.gate.static import PREFIX, StaticFiles, matches

FOLDER = Path(__file__).parents[2] / "templates" / "static"


def test_path_carries_the_hash_of_the_content() -> None:
    """A file is found at the path that templates are given, and the path changes with the content."""
    files = StaticFiles(FOLDER)
    path = files.url("solver.js")
    file = files.lookup(path)
    assert file is not None
    digest = hashlib.sha256(file.body).hexdigest()[:12]
    assert f"{PREFIX}solver.{digest}.js" == path == file.path
    assert f'"{digest}"' == file.etag
    assert file.content_type == "text/javascript; charset=utf-8"


def test_compressed_body_is_the_same_content_and_stable() -> None:
    """Two workers send the same bytes, and they unpack to the file."""
    one, two = StaticFiles(FOLDER), StaticFiles(FOLDER)
    for name in ("solver.js", "draw.js"):
        first, second = one.lookup(one.url(name)), two.lookup(two.url(name))
        assert first == second
        assert first is not None
        assert first.body == gzip.decompress(first.gzip_body) == (FOLDER / name).read_bytes()


def test_unknown_paths_are_not_found() -> None:
    """Only exact paths are served: no plain name, no other hash, no way out of the folder."""
    files = StaticFiles(FOLDER)
    for path in (
        f"{PREFIX}solver.js",
        f"{PREFIX}solver.000000000000.js",
        f"{PREFIX}../layout.html",
        "/",
        "",
    ):
        assert files.lookup(path) is None


def test_files_of_unknown_type_are_left_out(tmp_path: Path) -> None:
    """An editor's backup in the folder is not served."""
    (tmp_path / "a.css").write_text("a{}")
    (tmp_path / "a.css~").write_text("b{}")
    assert repr(StaticFiles(tmp_path)).count("a.") == 1


def test_the_compressed_body_has_a_tag_of_its_own() -> None:
    """A strong tag names bytes, and these are others (RFC 9110 section 8.8.3.3)."""
    files = StaticFiles(FOLDER)
    file = files.lookup(files.url("solver.js"))
    assert file is not None
    assert file.etag != file.gzip_etag


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (b'"a"', True),
        (b'"b", W/"a"', True),
        (b"*", True),
        (b'"b"', False),
        (b"a", False),
        (b'"a-gzip"', False),
        (b"", False),
    ],
)
def test_a_condition_names_the_tag_or_not(condition: bytes, expected: bool) -> None:
    """In a list too, and weakly too, as is asked of ``If-None-Match``."""
    assert expected is matches(condition, '"a"')
