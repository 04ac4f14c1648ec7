"""Pages that come from Cloudflare: their variables, and what their policy lets in."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from waitroom.errors import SettingsError
from waitroom.moved.inner import inner_of
from waitroom.moved.outer import outer_of
from waitroom.moved.page import LARGEST, MovedPage
from waitroom.moved.variables import VARIABLES
from waitroom.previews.cloudflares import values_of
from waitroom.previews.samples import SAMPLES

NOW = datetime(2026, 12, 1, tzinfo=UTC)
VALUES = values_of(SAMPLES["waiting"], NOW)
PAGE = """<!DOCTYPE html><html><head><title>Waiting Room</title>
<style>body { color: #123 }</style>
<link rel="stylesheet" href="//fonts.example.com/css">
</head><body onload="begin(&quot;now&quot;)">
<h2>{{#waitTimeKnown}}About {{waitTimeHours}} h {{waitTimeHourMinutes}}{{/waitTimeKnown}}
{{^waitTimeKnown}}?{{/waitTimeKnown}}</h2>
<img src="https://cdn.example.com/a.png" srcset="https://two.example.com/b.png 2x, /c.png 3x" alt="">
<p style="width: {{waitTime}}px"></p>
<script>
  {{#waitTimeKnown}}
  var known = {{waitTimeKnown}}, minutes = {{waitTime}};
  {{/waitTimeKnown}}
</script>
<script src="https://js.example.com:8443/a.js"></script>
</body></html>"""


def page(folder: Path, text: str, *hosts: str) -> MovedPage:
    """A page of this text."""
    (folder / "page.html").write_text(text)
    return MovedPage(folder / "page.html", hosts, VARIABLES, "theme.cloudflare_page")


def directives(made: MovedPage) -> dict[str, list[str]]:
    """The policy of a page."""
    policy = dict(made.made(VALUES).headers)[b"content-security-policy"].decode()
    return {part.split()[0]: part.split()[1:] for part in policy.split("; ")}


def sha(text: str) -> str:
    """As a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_preview_has_every_variable() -> None:
    """In each state."""
    for sample in SAMPLES.values():
        assert set(values_of(sample, NOW)) == VARIABLES


def test_sections_and_values_are_mustache_s(tmp_path: Path) -> None:
    """Truth is written as JavaScript does."""
    made = page(tmp_path, PAGE)
    text = made.made(VALUES).body.decode()
    assert "About 1 h 17\n</h2>" in text
    assert "var known = true, minutes = 77;" in text
    unknown = made.made(values_of(SAMPLES["paused"], NOW)).body.decode()
    assert "<h2>\n?</h2>" in unknown and "var known" not in unknown
    assert not any(mark in text for mark in "\ue000\ue001")


def test_what_stands_in_it_is_let_in_by_its_hash(tmp_path: Path) -> None:
    """What holds a variable, by that of what is sent; an attribute as the browser understands it."""
    found = directives(page(tmp_path, PAGE))
    assert {
        "'self'",
        "'unsafe-hashes'",
        sha('begin("now")'),
        sha("\n  var known = true, minutes = 77;\n"),
        "https://js.example.com:8443",
    } == set(found["script-src"])
    assert {
        "'self'",
        "'unsafe-hashes'",
        sha("body { color: #123 }"),
        sha("width: 77px"),
        "fonts.example.com",
    } == set(found["style-src"])
    plain = directives(page(tmp_path, "<!doctype html><title>x</title><p>y</p>"))
    assert (["'self'"], ["'self'"]) == (plain["script-src"], plain["style-src"])


def test_hosts_that_stand_in_it_are_let_in_by_name(tmp_path: Path) -> None:
    """Each for what it is loaded for; those that are set, for everything."""
    found = directives(page(tmp_path, PAGE, "api.example.com"))
    assert {"https://cdn.example.com", "https://two.example.com"} <= set(found["img-src"])
    assert "https://cdn.example.com" not in found["script-src"]
    for name in ("script-src", "connect-src", "font-src", "frame-src"):
        assert "https://api.example.com" in found[name]
    assert ["'none'"] == found["default-src"] == found["base-uri"]
    assert {} == {name: each for name, each in outer_of("<p>https://x.example</p>").items() if each}


def test_line_ends_are_those_that_browsers_hash(tmp_path: Path) -> None:
    """A file of Windows too."""
    (tmp_path / "page.html").write_bytes(b"<script>\r\nvar a;\r\n</script>")
    made = MovedPage(tmp_path / "page.html", (), VARIABLES, "x")
    assert sha("\nvar a;\n") in directives(made)["script-src"]


def test_what_looks_like_a_script_and_is_none_is_left() -> None:
    """In a comment, in a text, or with an address; an end that never comes is the page's."""
    assert [] == inner_of("<!-- <script>a</script> --><p>&lt;script&gt;</p><script src=x></script>")
    [only] = inner_of("<p title='>'>\n<SCRIPT>a < b")
    assert ("script", "<p title='>'>\n<SCRIPT>a < b"[only.start : only.end]) == (only.kind, "a < b")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n\n{{waitTimes}}", "page.html:3: {{waitTimes}} is no variable; there are inWaitingRoom, "),
        ("{{#waitTimeKnown}}", "matching tag for {{#waitTimeKnown}}"),
        ("{{/waitTimeKnown}}", "Section end tag mismatch"),
        ("{{> /etc/passwd}}", "page.html:1: {{> /etc/passwd}}: there are no partials"),
        ("{{=<% %>=}}", "page.html:1: the delimiters cannot be changed"),
        ("\ue000", "U+E000"),
        ("x" * (LARGEST + 1), "must be at most 1,048,576 bytes"),
    ],
)
def test_what_is_wrong_is_said_at_the_start(tmp_path: Path, text: str, said: str) -> None:
    """With the setting and the file, and the line where there is one."""
    with pytest.raises(SettingsError) as raised:
        page(tmp_path, text)
    assert said in str(raised.value)
    assert str(raised.value).startswith("theme.cloudflare_page: ")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """Likewise."""
    with pytest.raises(SettingsError, match="No such file"):
        MovedPage(tmp_path / "no.html", (), VARIABLES, "theme.cloudflare_page")
