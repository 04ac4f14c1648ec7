"""The Jinja2 environments of the visitor's pages: strict, escaping, their texts translated at the start."""

from __future__ import annotations

import re
import traceback
from datetime import datetime
from gettext import NullTranslations
from pathlib import Path
from types import ModuleType

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2.exceptions import SecurityError
from jinja2.ext import InternationalizationExtension
from jinja2.parser import Parser
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from waitroom.gate.texts import Texts

_TRANSLATIONS = "waitroom_translations"
OURS = "waitroom"
"""How the shop's templates call the folder of ours."""
_PLAIN = frozenset({str, Markup, int, float, tuple, list, dict, datetime, LoopContext, Texts})
"""Whose methods a shop's template may call."""
_LARGEST_FACTOR = 1_000_000_000
_TOO_MUCH = ("lipsum", "cycler", "joiner", "center", "format", "random")
"""What can fill the memory by one word, or tells each visitor something else."""
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


class OwnTemplates(ImmutableSandboxedEnvironment):
    """Where templates are the shop's own: they reach what they are given, and nothing behind it."""

    intercepted_binops = frozenset({"*", "**"})

    def is_safe_callable(self, obj: object) -> bool:
        """Whether it may be called: what is made for templates, and the methods of plain values. An object that is
        given to a page to be shown may have methods that read files."""
        if isinstance(obj, Macro | BlockReference | LoopContext):
            return True
        owner = getattr(obj, "__self__", None)
        if owner is None or isinstance(owner, ModuleType):
            return obj is dict or str(getattr(obj, "__module__", "")).startswith("jinja2.")
        return type(owner) in _PLAIN and super().is_safe_callable(obj)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Works out a product: of numbers alone, and of small ones, since it must not take the memory of the page."""
        if not all(isinstance(each, int | float) and abs(each) <= _LARGEST_FACTOR for each in (left, right)):
            raise SecurityError(f"{operator} is for numbers up to {_LARGEST_FACTOR:,}")
        return super().call_binop(context, operator, left, right)


def environment(folder: Path, translations: NullTranslations) -> Environment:
    """An environment for the templates of a folder, with the texts of one language. Undefined names are errors; all
    values are escaped."""
    return _fitted(Environment, FileSystemLoader(folder), translations)


def own_environment(folder: Path, own: Path, translations: NullTranslations) -> Environment:
    """The same for templates of a shop's own, in a sandbox: what ``own`` does not have is of ``folder``, where all have
    an address that begins with ``waitroom/`` as well."""
    ours = FileSystemLoader(folder)
    loader = ChoiceLoader([FileSystemLoader(own), PrefixLoader({OURS: ours}), ours])
    made = _fitted(OwnTemplates, loader, translations)
    for name in _TOO_MUCH:
        made.globals.pop(name, None)
        made.filters.pop(name, None)
    return made


def told(error: BaseException) -> str:
    """What is wrong with a template, with its file and line."""
    where = ""
    if isinstance(error, TemplateSyntaxError):
        where = f"{error.filename or error.name}:{error.lineno}: "
    else:
        # Jinja2 writes the lines of a template into the traceback
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename.endswith((".html", ".txt"))
        ]
        if frames:
            where = f"{frames[-1].filename}:{frames[-1].lineno}: "
    if isinstance(error, TemplateNotFound):
        return f"{where}there is no template {error.name!r}"
    said = str(error) or type(error).__name__
    return f"{where}{said}"


def _fitted(kind: type[Environment], loader: BaseLoader, translations: NullTranslations) -> Environment:
    made = kind(
        loader=loader,
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
