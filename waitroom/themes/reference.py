"""What templates of a shop's own can change and use: ``python -m waitroom.themes.reference > docs/templates.md``.

Names are read off the templates and the code; only what they mean is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from jinja2 import Environment, meta, nodes

from waitroom.gate.press import TEMPLATES, Press
from waitroom.gate.views import PageView
from waitroom.resources import templates_dir
from waitroom.words.language import ENGLISH

LAYOUT, WAITING = "layout.html", "waiting.html"
_HEAD = """# Templates: blocks and values

What `python -m waitroom.themes.reference` prints. How to use them: [themes.md](themes.md).
"""
_BLOCKS: Mapping[str, str] = {
    "head": "Styles and scripts of the page. Keep `{{ super() }}`.",
    "title": "The title of the tab.",
    "brand": "Logo, or mark and name, at the head.",
    "language": "The link to the languages.",
    "asked": "How the wait was, for somebody who has just left.",
    "main": "All that the page says.",
    "links": "The links at the foot.",
    "heading": "What there is to say in each state: a heading, a sentence, a button where there is one.",
    "cookieless": "For browsers that keep no cookies.",
    "opening": "When the doors open, and the countdown.",
    "place": "The number, the bar, the estimate.",
    "message": "The shop's message.",
    "kept": "That the place is kept; how the line works; not yet, another device, leaving.",
    "more": "What there is to read while one waits.",
    "lost": "That the connection is lost.",
}
_VALUES: Mapping[str, str] = {
    "name": "The shop's name.",
    "lang": "The language of the page, as `de` or `pt-BR`.",
    "dir": "`ltr` or `rtl`.",
    "own_name": "What the language calls itself.",
    "formats": "The locale of numbers and times.",
    "theme": "`theme.name`, `theme.logo`, `theme.links`, `theme.schemes`.",
    "view": "What the page is made from: see below.",
    "target": "The address first asked for: a path on this site.",
    "position": "The place, in the language's digits.",
    "behind": "How many wait behind, likewise.",
    "waiting": "How many wait in all, likewise.",
    "wait": "The estimate in words.",
    "why": "Why the estimate has changed, in words; none: it has not.",
    "keep": "For how long the door stays open, in words.",
    "away": "After how long somebody counts as away, in words.",
    "next": "When a page without a script asks again, in words.",
    "opens": "When the doors open, in words.",
    "not_yet": "For how long others may pass, in words.",
    "undo": "For how long a place can be taken back, in words.",
    "back": "When to be back, as a time of day.",
    "eta_words": "For the script.",
    "reasons": "For the script.",
}
_INNER = frozenset({"state", "in_line", "has_place", "language_at"})
"""What templates set for themselves."""


def reference() -> str:
    """All of it as Markdown."""
    env = Press(templates_dir()).compiled(ENGLISH.tag)
    return "\n".join([_HEAD, *_blocks(env), *_values(env), *_view()]) + "\n"


def _blocks(env: Environment) -> Iterator[str]:
    yield "## Blocks\n"
    yield "| template | blocks |"
    yield "| --- | --- |"
    for name in (LAYOUT, *TEMPLATES):
        if found := [block.name for block in _tree(env, name).find_all(nodes.Block)]:
            yield f"| `{name}` | {', '.join(f'`{block}`' for block in sorted(found))} |"
    yield "\nEach page extends the layout, so that a block of the layout can be changed for one page or for all.\n"
    yield "| block | what stands in it |"
    yield "| --- | --- |"
    named = {block.name for name in (LAYOUT, WAITING) for block in _tree(env, name).find_all(nodes.Block)}
    for block in sorted(named):
        yield f"| `{block}` | {_BLOCKS.get(block, '')} |"


def _values(env: Environment) -> Iterator[str]:
    yield "\n## Values of the waiting page\n"
    yield "| value | |"
    yield "| --- | --- |"
    found = {
        value for name in (LAYOUT, WAITING) for value in meta.find_undeclared_variables(_tree(env, name))
    }
    own = {name for name in env.globals if name in _VALUES}
    for value in sorted((found | own) - _INNER):
        yield f"| `{value}` | {_VALUES.get(value, '')} |"


def _view() -> Iterator[str]:
    yield "\n`view` has what these are made from. `None` is: not known, or not in this state.\n"
    yield "| | kind |"
    yield "| --- | --- |"
    for each in fields(PageView):
        kind = str(each.type).replace("|", "\\|")
        yield f"| `view.{each.name}` | `{kind}` |"


def _tree(env: Environment, name: str) -> nodes.Template:
    assert env.loader is not None
    return env.parse(env.loader.get_source(env, name)[0], name)


if __name__ == "__main__":
    print(reference(), end="")
