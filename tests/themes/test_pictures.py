"""Pictures of the shop's: what is taken for one, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from waitroom.errors import SettingsError
from waitroom.themes.picture import LARGEST, kind_of, read_picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (SVG, "image/svg+xml"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn by hand -->\n' + SVG, "image/svg+xml"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x20ftypavif", "image/avif"),
        (b"<html><svg></svg></html>", None),
        (b"<!DOCTYPE html><svg>", None),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>', None),
        (b"#!/bin/sh", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(body: bytes, kind: str | None) -> None:
    """Whatever it is called; a drawing with entities of its own is none."""
    assert kind == kind_of(body)


def test_a_small_one_is_an_address_by_itself(tmp_path: Path) -> None:
    """With its kind, to stand in a page."""
    (tmp_path / "logo.any").write_bytes(SVG)
    picture = read_picture(tmp_path / "logo.any", "theme.logo")
    assert picture.data_url.startswith("data:image/svg+xml;base64,PHN2Zy")
    assert "svg" == picture.ending


@pytest.mark.parametrize(
    ("body", "said"),
    [(None, "cannot be read: No such file"), (b"x" * (LARGEST + 1), "at most 64 KiB"), (b"x", "SVG")],
)
def test_an_error_names_the_setting_and_the_file(tmp_path: Path, body: bytes | None, said: str) -> None:
    """And what is wrong."""
    path = tmp_path / "logo.png"
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(SettingsError, match=said) as raised:
        read_picture(path, "theme.logo")
    assert str(raised.value).startswith(f"theme.logo: {path}: ")
