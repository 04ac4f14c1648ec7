"""A shop's own templates: in a sandbox, checked in every state and language, with ours behind them."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages.test_draw_html import BOTH
from tests.pages.test_waiting_html import TEMPLATES, VIEW
from waitroom.errors import SettingsError
from waitroom.gate.page import Pages
from waitroom.gate.press import Press
from waitroom.previews.proving import proof_of, prove
from waitroom.themes.theme import Theme
from waitroom.words.language import language

BEGINS = '{% extends "waitroom/waiting.html" %}\n{% block message %}\n'
ENDS = "\n{{ super() }}{% endblock %}"


def with_templates(folder: Path, **templates: str) -> Press:
    """The pages with these templates of the shop's own."""
    for name, text in templates.items():
        (folder / f"{name}.html").write_text(text)
    return Press(TEMPLATES, theme=Theme(templates=folder))


def fault(folder: Path, text: str) -> str:
    """What is said of such a waiting page."""
    (folder / "waiting.html").write_text(text)
    return proof_of(folder, ("en", "ar")).fault


def test_a_block_is_changed_and_the_rest_stays(tmp_path: Path) -> None:
    """In every language; a block can hold what was there."""
    press = with_templates(tmp_path, waiting=BEGINS + "<p>Stock for {{ view.position }}</p>" + ENDS)
    for tag, heading in (("en", "You’re in line"), ("ar", "أنت في الطابور")):
        page = Pages(press, language(tag)).waiting(VIEW).body.decode()
        assert "<p>Stock for 1128</p>" in page and heading in page and VIEW.message in page


def test_the_layout_is_that_of_all_pages(tmp_path: Path) -> None:
    """One template of it changes pages that the shop has no template for."""
    press = with_templates(
        tmp_path, layout='{% extends "waitroom/layout.html" %}{% block brand %}<b>Kettle</b>{% endblock %}'
    )
    pages = Pages(press)
    for page in (pages.waiting(VIEW), pages.draw(BOTH), pages.trouble(502, None)):
        assert b"<b>Kettle</b>" in page.body


def test_the_policy_is_as_strict(tmp_path: Path) -> None:
    """It is that of the page without templates."""
    press = with_templates(tmp_path, waiting=BEGINS + ENDS)
    assert Press(TEMPLATES).policy("waiting.html") == press.policy("waiting.html")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ nothing }}", "waiting.html:3: 'nothing' is undefined: the state 'waiting' (en)"),
        ("{% for %}", "waiting.html:3: "),
        ("{{ view.__class__.__mro__ }}", "waiting.html:3: access to attribute '__class__'"),
        ('{{ "x" * 99999999999 }}', "waiting.html:3: * is for numbers"),
        (
            "{% for i in range(90000) %}{{ (view.waiting or 0) + i }}{% endfor %}",
            "ms, and at most 50 are allowed",
        ),
        ('{% include "../secret.html" %}', "waiting.html:3: there is no template '../secret.html'"),
        ('<p style="color: red">', "waiting.html:3: style= is not let in"),
        ("<script>1</script>", "waiting.html:3: a script in a template is not let in"),
        ('<img src="https://cdn.example/a.png" alt="">', "waiting.html:3: nothing from another site"),
        ('<a onclick="x()">', "waiting.html:3: a script in an attribute"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    """Whatever it is."""
    assert said in fault(tmp_path, BEGINS + text + ENDS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{{ "x".center(9999999999) }}', "takes more memory than a page may"),
        (
            "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
            "waiting.html:3: does not come to an end",
        ),
    ],
)
def test_a_template_without_end_ends_the_check_alone(tmp_path: Path, text: str, said: str) -> None:
    """The process that asked goes on, and is told the setting."""
    (tmp_path / "waiting.html").write_text(BEGINS + text + ENDS)
    with pytest.raises(SettingsError, match=r"^theme\.templates: ") as raised:
        prove(tmp_path, ("en",))
    assert said in str(raised.value)


def test_what_is_wrong_in_one_state_is_found(tmp_path: Path) -> None:
    """A value that is not always there, in a line of ten million, or in another language."""
    assert "the state 'called'" in fault(tmp_path, BEGINS + "{{ view.position + 1 }}" + ENDS)
    assert "(ar)" in fault(tmp_path, BEGINS + "{% if lang == 'ar' %}{{ missing }}{% endif %}" + ENDS)
    assert "is undefined" in fault(
        tmp_path, BEGINS + "{% if view.waiting > 1000000 %}{{ missing }}{% endif %}" + ENDS
    )


def test_elements_that_the_script_needs_are_kept(tmp_path: Path) -> None:
    """A page that lost one would stand still."""
    text = '{% extends "waitroom/waiting.html" %}{% block place %}{% endblock %}'
    assert "has no element with the id" in fault(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        '{{ view.held.parse_file("/etc/hostname") }}',
        "{{ view.held.model_dump() }}",
        "{{ theme.templates.read_text() }}",
        "{{ number.__globals__ }}",
        '{{ "{0.__class__}".format(view) }}',
        "{{ lipsum(9) }}",
    ],
)
def test_what_is_given_to_be_shown_is_not_used(tmp_path: Path, text: str) -> None:
    """The methods of what a page shows may read files: a template calls none of them, and a page of ours is shown."""
    press = with_templates(
        tmp_path, draw='{% extends "waitroom/draw.html" %}{% block title %}' + text + "{% endblock %}"
    )
    assert Pages(Press(TEMPLATES)).draw(BOTH).body == Pages(press).draw(BOTH).body


def test_ours_stands_in_for_one_that_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody waits for a page: they get one, and the log says why it is not the shop's."""
    press = with_templates(tmp_path, waiting=BEGINS + "{{ 1 / (view.position - 1128) }}" + ENDS)
    with caplog.at_level(logging.ERROR):
        page = Pages(press).waiting(VIEW)
    assert Pages(Press(TEMPLATES)).waiting(VIEW).body == page.body
    assert "waiting.html:3: division by zero" in caplog.text


def test_all_languages_are_proved(tmp_path: Path) -> None:
    """Those of the installation, or all that there are."""
    (tmp_path / "trouble.html").write_text(
        '{% extends "waitroom/trouble.html" %}{% block title %}x{% endblock %}'
    )
    proof = prove(tmp_path, ())
    assert "" == proof.fault
    assert 4 * 43 <= proof.pages


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    """With the name of the setting."""
    with pytest.raises(SettingsError, match=r"^theme\.templates: .*: must be a folder$"):
        prove(tmp_path / "no", ("en",))
    with pytest.raises(SettingsError, match="has no template"):
        prove(tmp_path, ("en",))


def test_a_gateway_with_wrong_templates_does_not_start(tmp_path: Path) -> None:
    """Neither does the check pass: both say the same line."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "waiting.html").write_text(BEGINS + "{{ nothing }}" + ENDS)
    config = tmp_path / "waitroom.toml"
    config.write_text(
        'secret = "a secret for tests only"\norigin = "http://127.0.0.1:9"\nlanguages = ["en"]\nport = 0\n'
        'admin_port = 0\n[theme]\ntemplates = "own"\n'
    )
    for command in ("serve", "check"):
        done = subprocess.run(
            [sys.executable, "-m", "waitroom", command, "--config", str(config)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert 1 == done.returncode
        assert "own/waiting.html:3: 'nothing' is undefined" in done.stdout + done.stderr
