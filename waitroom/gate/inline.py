"""The styles, scripts and images that stand in the visitor's pages themselves, and their hashes for the pages' policy.

A page is one response: see docs/adr/0033. A template names what it needs by a filter of a constant, which Jinja2 works
out when it compiles: ``{{ "waiting.css"|style }}``, ``{{ ["page.js", "times.js"]|script }}`` (joined into one script),
``{{ "mark.svg"|image }}``. What is only fetched when somebody needs it is in ``static`` instead.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from jinja2 import Environment, meta, nodes
from markupsafe import Markup

from waitroom.gate.compact import compact_script, compact_style

Names = str | Sequence[str]
Element = Literal["style", "script"]

_COMPACT = {"style": compact_style, "script": compact_script}


class Inline:
    """The texts of a folder by their paths in it, with ``more`` beside them or in the place of some.

    Raises ``FileNotFoundError`` at the start when the folder does not exist, ``ValueError`` when a template uses a text
    that would end its own element.
    """

    def __init__(self, folder: Path, more: Mapping[str, str] | None = None) -> None:
        if not folder.is_dir():
            raise FileNotFoundError(folder)
        files = (path for path in folder.rglob("*") if path.suffix in (".css", ".js", ".svg"))
        self._texts = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files
        }
        self._texts |= more or {}

    def install(self, env: Environment) -> None:
        """Gives the templates the filters ``style``, ``script`` and ``image``."""
        env.filters.update(style=self._style, script=self._script, image=self._image)

    def text(self, element: Element, names: Names) -> str:
        """What stands in an element: the named texts, joined and compact. Raises ``KeyError`` for an unknown name."""
        together = "\n".join(self._texts[name] for name in _listed(names))
        # browsers hash what they have parsed, where a line ends in one way only
        text = _COMPACT[element]("\n".join(together.splitlines()))
        if "</" + element in text.lower() or "<!--" in text:
            raise ValueError(f"{', '.join(_listed(names))}: it would end the {element} that it stands in")
        return text

    def sources(self, env: Environment, template: str) -> Mapping[Element, Sequence[str]]:
        """What a policy allows of a template and of all that it extends or includes: ``'sha256-…'`` of each style and
        script. Raises ``jinja2.TemplateError`` where one is missing or wrong, ``ValueError`` where what it names is
        not the same on each rendering."""
        found: dict[Element, dict[str, None]] = {"style": {}, "script": {}}
        for tree in _trees(env, template, set()):
            for use in tree.find_all(nodes.Filter):
                for element, sources in found.items():
                    if use.name == element:
                        sources[self._source(element, _constant(use, template))] = None
        return {element: list(sources) for element, sources in found.items()}

    def _source(self, element: Element, names: Names) -> str:
        digest = hashlib.sha256(self.text(element, names).encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    def _style(self, names: Names) -> Markup:
        return Markup(f"<style>{self.text('style', names)}</style>")  # noqa: S704 - a text of ours

    def _script(self, names: Names) -> Markup:
        # a module, because it runs when the page is parsed, wherever in it it stands
        return Markup(f'<script type="module">{self.text("script", names)}</script>')  # noqa: S704 - likewise

    def _image(self, name: str) -> str:
        return "data:image/svg+xml," + quote(self._texts[name].strip(), safe="/:=;,'()")


def _listed(names: Names) -> Sequence[str]:
    return (names,) if isinstance(names, str) else names


def _constant(use: nodes.Filter, template: str) -> Names:
    try:
        assert use.node is not None
        names: Names = use.node.as_const()
    except nodes.Impossible:
        raise ValueError(
            f"{template}, line {use.lineno}: {use.name} takes names that are known beforehand"
        ) from None
    return names


def _trees(env: Environment, template: str, seen: set[str]) -> Iterable[nodes.Template]:
    assert env.loader is not None
    if template in seen:
        return
    seen.add(template)
    tree = env.parse(env.loader.get_source(env, template)[0], template)
    yield tree
    for other in meta.find_referenced_templates(tree):
        if other is not None:
            yield from _trees(env, other, seen)
