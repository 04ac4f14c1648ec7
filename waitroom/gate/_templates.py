"""The Jinja2 environment of the visitor's pages: strict, escaping, its texts translated at the start."""

from __future__ import annotations

import re
from gettext import NullTranslations
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.ext import InternationalizationExtension
from jinja2.parser import Parser

_TRANSLATIONS = "waitroom_translations"
_SLOT = re.compile(r"%\((\w+)\)s")


class CompiledTexts(InternationalizationExtension):
    """Jinja2's own ``{% trans %}``, but translated when the template is compiled, not on each rendering.

    An environment speaks one language, so a text is fixed but for its slots. Looked up on each rendering, the
    texts of the waiting page cost three times all the rest of it. Plural forms are left to the rendering.
    """

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        """What the tag becomes: plain template data, with the values in its slots."""
        node = super().parse(parser)
        match node:
            case nodes.Output(
                nodes=[
                    nodes.Call(node=nodes.Name(name="gettext"), args=[nodes.Const(value=text)], kwargs=slots)
                ]
            ):
                values = {slot.key: slot.value for slot in slots}
                pieces = _SLOT.split(self._translated(text))
                # The split gives texts and slot names by turns.
                return nodes.Output(
                    [
                        values[piece] if index % 2 else nodes.TemplateData(piece.replace("%%", "%"))
                        for index, piece in enumerate(pieces)
                    ],
                    lineno=node.lineno,
                )
        return node

    def _translated(self, text: str) -> str:
        translations: NullTranslations = getattr(self.environment, _TRANSLATIONS)
        return translations.gettext(text)


def environment(folder: Path, translations: NullTranslations) -> Environment:
    """An environment for the templates of a folder, with the texts of one language. Undefined names are errors; all
    values are escaped."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[CompiledTexts],
    )
    made.extend(**{_TRANSLATIONS: translations})
    # The extension adds this method when it is loaded, so its type is not known.
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    return made
