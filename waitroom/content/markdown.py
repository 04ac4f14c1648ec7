"""The shop's texts: Markdown (CommonMark) without HTML, and without anything that is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TOP = 3
"""The level of a text's highest headings: the page and the part have those above."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its answer."""

    question: Markup
    answer: Markup


def html_of(text: str) -> Markup:
    """A text as HTML. HTML in it is shown as it is written; links open in a tab of their own."""
    made = _reader()
    return _html(made, made.parse(text))


def questions_of(text: str) -> list[Question]:
    """The questions of a text: each heading is one, and what follows it the answer. What stands before the first
    heading is left out."""
    made = _reader()
    found: list[Question] = []
    question: Sequence[Token] | None = None
    answer: list[Token] = []
    for token in made.parse(text):
        if token.type == "heading_open" and token.level == 0:
            _close(made, found, question, answer)
            question, answer = (), []
        elif question == () and token.type == "inline":
            question = [token]
        elif token.type != "heading_close":
            answer.append(token)
    _close(made, found, question, answer)
    return found


def _close(
    made: MarkdownIt, found: list[Question], question: Sequence[Token] | None, answer: list[Token]
) -> None:
    if question:
        found.append(Question(_html(made, question), _html(made, answer)))


def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt  # only where a shop has texts

    # images would be loaded from elsewhere, which the policy of the page forbids
    return MarkdownIt("commonmark", {"html": False}).disable("image")


def _html(made: MarkdownIt, tokens: Sequence[Token]) -> Markup:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1:]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1:]) - highest + _TOP, 6)}"
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("target", "_blank")
                child.attrSet("rel", "noopener")
    return Markup(made.renderer.render(tokens, made.options, {}))  # noqa: S704 - HTML is off in it
