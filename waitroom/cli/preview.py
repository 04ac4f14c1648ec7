"""``waitroom preview``: every page, in each state, language and theme, before anybody waits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import typer
import uvicorn

from waitroom.errors import SettingsError
from waitroom.previews.gallery import Gallery
from waitroom.previews.serving import PreviewSite, write
from waitroom.serving.listen import address_of, listen

HOST = "127.0.0.1"
"""A preview is for whoever sits at the machine."""


def config_of(given: Path | None) -> Path | None:
    """The file that commands read where none is named."""
    named = os.environ.get("WAITROOM_CONFIG")
    return given or (Path(named) if named else None)


def run_preview(config: Path | None, port: int) -> None:
    """Serves the gallery until it is told to stop."""
    gallery = Gallery(config_of(config))
    with listen(HOST, port) as listener:
        typer.echo(f"waitroom preview: {address_of(listener)}")
        for line in gallery.fault.splitlines():
            typer.echo(f"wrong: {line}")
        site = PreviewSite(gallery)
        options = uvicorn.Config(
            site.app, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=1
        )
        uvicorn.Server(options).run([listener])


def write_preview(config: Path | None, folder: Path, languages: Sequence[str]) -> None:
    """Writes the gallery as files."""
    gallery = Gallery(config_of(config))
    if unknown := [tag for tag in languages if tag not in gallery.languages]:
        raise SettingsError(
            f"--language: {unknown[0]!r} is not offered; offered are {', '.join(gallery.languages)}"
        )
    typer.echo(f"{write(gallery, folder, languages)} pages: {folder / 'index.html'}")
