"""The shop's texts: Markdown without HTML, in several languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from waitroom.content.content import content_of
from waitroom.content.markdown import html_of, questions_of
from waitroom.content.texts import LARGEST, read_texts
from waitroom.errors import SettingsError
from waitroom.settings import load
from waitroom.settings.content import ContentSettings, merged


def test_html_in_a_text_is_shown_as_it_is_written() -> None:
    """And so is an address that would run; images are not loaded."""
    made = html_of(
        "<script>alert(1)</script> **bold**\n\n[x](javascript:alert(1)) ![y](https://cdn.example/a.png)\n\n"
        "<b onclick=x>"
    )
    assert "<strong>bold</strong>" in made
    assert not any(part in made for part in ("<script", "<b ", 'href="javascript', "<img"))


def test_links_open_in_a_tab_of_their_own_and_headings_fit_the_page() -> None:
    """Nobody loses the page that they wait at; the page's own headings stand above."""
    made = html_of("# One\n\n#### Two\n\n[guide](https://shop.example/guide)")
    assert "<h3>One</h3>" in made and "<h6>Two</h6>" in made
    assert 'href="https://shop.example/guide" target="_blank" rel="noopener"' in made


def test_each_heading_is_a_question() -> None:
    """What follows it is the answer, lists and all; what stands before the first is left out."""
    found = questions_of(
        "Before.\n\n## When *do* you ship?\n\nToday.\n\n- a\n- b\n\nSecond\n======\n\nAnswer"
    )
    assert ["When <em>do</em> you ship?", "Second"] == [str(each.question) for each in found]
    assert "<li>a</li>" in found[0].answer and "Before" not in found[0].answer
    assert "<p>Answer</p>" == found[1].answer.strip()
    assert [] == questions_of("no heading")


def test_translations_stand_beside_the_file(tmp_path: Path) -> None:
    """Whoever reads a kind of a language that is there gets that; all others the shop's own."""
    for name in (
        "news.md",
        "news.de.md",
        "news.pt-BR.md",
        "news.backup.md",
        "newsletter.de.md",
        "news.de.txt",
    ):
        (tmp_path / name).write_text(name)
    texts = read_texts(tmp_path / "news.md", "en", "content.news", str)
    assert {"en", "de", "pt-br"} == set(texts.by_language)
    assert ["news.de.md", "news.pt-BR.md", "news.md", "news.md"] == [
        texts.to(tag).value for tag in ("de-AT", "pt-BR", "pt", "ar")
    ]
    assert "en" == texts.to("ar").language


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "No such file"),
        (b" \n", "is empty"),
        (b"x\n\xff", "faq.md:2: is not UTF-8"),
        (b"x" * (LARGEST + 1), "at most 64 KiB"),
        (b"no question", "has no heading"),
    ],
)
def test_what_is_wrong_is_said_with_the_setting(tmp_path: Path, body: bytes | None, said: str) -> None:
    """And the file."""
    path = tmp_path / "faq.md"
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(SettingsError, match=said) as raised:
        content_of(ContentSettings(faq=path))
    assert str(raised.value).startswith(f"content.faq: {path}")


def test_a_room_has_its_own_and_the_rest_of_the_installation(tmp_path: Path) -> None:
    """Files start at the configuration's folder, addresses stay as they are."""
    config = tmp_path / "waitroom.toml"
    config.write_text(
        '[content]\nnews = "news.md"\nproducts = "https://shop.example/feed.json"\n'
        '[[rooms]]\nname = "a"\ncontent = {products = "feed.json", products_most = 3}\n'
    )
    settings = load(config, environ={})
    own = merged(settings.content, settings.rooms[0].content)
    assert (tmp_path / "news.md", tmp_path / "feed.json", 3) == (own.news, own.products, own.products_most)
    assert "https://shop.example/feed.json" == settings.content.products
    assert content_of(ContentSettings()) is None
