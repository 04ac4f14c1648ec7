"""The gallery of all pages: as a site that follows the files, and as files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import httpx
import pytest

from waitroom.gate.press import TEMPLATES
from waitroom.gate.views import PageState
from waitroom.previews.gallery import Gallery
from waitroom.previews.others import others
from waitroom.previews.rendering import Scheme
from waitroom.previews.samples import SAMPLES
from waitroom.previews.serving import write

CONFIG = """
origin = "http://127.0.0.1:9"
languages = ["en", "ar"]
[theme]
name = "Kettle"
templates = "own"
[[rooms]]
name = "drop"
[[rooms]]
name = "sale"
paths = ["/sale"]
theme = {look = "ocean"}
"""
OWN = '{% extends "waitroom/layout.html" %}{% block brand %}{{ super() }}<b>mine</b>{% endblock %}'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with templates of its own."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "layout.html").write_text(OWN)
    path = tmp_path / "waitroom.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def site(config: Path) -> Iterator[httpx.Client]:
    """``waitroom preview`` as people start it."""
    command = [sys.executable, "-m", "waitroom", "preview", "--config", str(config), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().partition(": ")[2].strip()
        with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
            yield client
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_the_gallery_has_every_page_of_every_room(config: Path) -> None:
    """In each state, language and colour, of the room's own theme, in a page that reaches nothing."""
    gallery = Gallery(config)
    states, beside = gallery.leaves()
    assert list(SAMPLES) == [leaf.name for leaf in states]
    for leaf in (*states, *beside):
        page = gallery.page("sale", leaf.name, "ar", Scheme.DARK)
        text = page.body.decode()
        assert 'dir="rtl"' in text and "<b>mine</b>" in text and "prefers-color-scheme" not in text, leaf
        assert page.policy.startswith("sandbox allow-scripts; default-src 'none'")
        assert "connect-src 'none'" in page.policy
    assert b"#0a5f8f" in gallery.page("sale", "waiting", "en", Scheme.LIGHT).body
    assert b"#0a5f8f" not in gallery.page("drop", "waiting", "en", Scheme.LIGHT).body


def test_no_page_is_without_a_preview() -> None:
    """Each template is shown by some page; the receipt is a text."""
    assert set(TEMPLATES) - {"waiting.html", "receipt.txt"} == {
        page.template for page in others("any").values()
    }


def test_what_is_wrong_is_shown_and_the_pages_stay(config: Path) -> None:
    """As they were before, until all is right again."""
    gallery = Gallery(config)
    layout = config.parent / "own" / "layout.html"
    before = gallery.fingerprint()
    layout.write_text(OWN.replace("mine", "{{ oops }}"))
    assert before != gallery.fingerprint()
    gallery.refresh()
    assert "layout.html:1: 'oops' is undefined" in gallery.fault
    assert {"drop", "sale"} == set(gallery.rooms)
    layout.write_text(OWN.replace("mine", "yours"))
    gallery.refresh()
    assert "" == gallery.fault
    assert b"<b>yours</b>" in gallery.page("drop", "waiting", "en", Scheme.LIGHT).body


def test_a_configuration_that_was_never_right_is_said(tmp_path: Path) -> None:
    """There are no pages, and it says why."""
    path = tmp_path / "waitroom.toml"
    path.write_text("[theme]\naccent = 3\n")
    gallery = Gallery(path)
    assert "theme.accent: given 3" in gallery.fault
    assert ({}, True) == (dict(gallery.rooms), bool(gallery.fingerprint()))


def test_the_site_follows_the_files(site: httpx.Client, config: Path) -> None:
    """A change is told to the browser, with what is wrong on the page; nothing of a name that is not there is found."""
    index = site.get("/", params={"room": "sale", "language": "ar", "scheme": "dark", "size": "phone"})
    assert "frame-src 'self'" in index.headers["content-security-policy"]
    assert "/page/sale/called?language=ar&amp;scheme=dark" in index.text and "phone" in index.text
    assert 200 == site.get("/page/sale/called?language=ar").status_code
    assert [404, 404, 404] == [
        site.get(path).status_code
        for path in ("/page/no/called", "/page/sale/no", "/gallery/../waiting.html")
    ]
    with site.stream("GET", "/changes") as news:
        lines = news.iter_lines()
        assert "retry: 500" == next(lines)
        layout = config.parent / "own" / "layout.html"
        layout.write_text(OWN.replace("mine", "{{ <oops> }}"))
        os.utime(layout)
        assert "event: changed" == next(line for line in lines if line.startswith("event"))
    assert "&lt;" in site.get("/").text or "layout.html:1" in site.get("/").text
    assert "This is wrong" in site.get("/").text


def test_it_is_written_as_files(config: Path, tmp_path: Path) -> None:
    """Which need no server: each frame's page is there, and the first to open."""
    config.write_text(CONFIG.replace("templates = ", "# ").replace('theme = {look = "ocean"}', ""))
    count = write(Gallery(config), tmp_path / "out", ["ar"])
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"index.html", "gallery.css", "drop.waiting.ar.light.html", "sale.drawn.ar.dark.html"} <= files
    assert count == sum(name.count(".") == 4 and ".index." not in name for name in files)
    index = (tmp_path / "out" / "index.html").read_text()
    frames = {part.partition('"')[0] for part in index.split('src="')[1:]}
    assert frames <= files


def test_every_state_has_a_preview() -> None:
    """Of the waiting page."""
    assert set(get_args(PageState)) == {sample.state for sample in SAMPLES.values()}
