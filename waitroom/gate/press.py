"""The templates of the pages, in a theme, compiled for each language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from waitroom.gate._templates import environment, own_environment
from waitroom.gate.amounts import EtaForms
from waitroom.gate.inline import Inline
from waitroom.gate.policy import policy_of
from waitroom.gate.static import StaticFiles
from waitroom.gate.texts import Texts
from waitroom.themes.theme import PLAIN, SHEET, Theme
from waitroom.words.language import ENGLISH, Language, language

TEMPLATES = (
    "waiting.html", "draw.html", "trouble.html", "challenge.html", "limited.html", "crowded.html", "invitation.html",
    "return.html", "languages.html", "framed.html", "move.html", "left.html", "feedback.html", "tell.html", "more.html",
    "chat.html", "privacy.html", "form.html", "receipt.txt",
)  # fmt: skip
"""All pages."""


class Press:
    """The templates of a folder in a theme, compiled for a language when it is first asked for, what stands in them,
    and the static files beside them. ``more`` are styles and scripts beside the folder's own, or in the place of some,
    by name; ``static`` are the files of another press of the same folder: the theme's join them.

    Raises ``FileNotFoundError`` at the start when the files are missing.
    """

    def __init__(
        self,
        templates: Path,
        more: Mapping[str, str] | None = None,
        *,
        theme: Theme = PLAIN,
        static: StaticFiles | None = None,
    ) -> None:
        self._folder = templates
        self.theme = theme
        inline = dict(more or {})
        if theme.style:
            sheet = inline.get(SHEET) or (templates / "inline" / SHEET).read_text(encoding="utf-8")
            inline[SHEET] = f"{sheet}\n{theme.style}"
        self._inline = Inline(templates / "inline", inline)
        self.static = static or StaticFiles(templates / "static")
        for file in theme.files:
            self.static.add(file)
        self.compiled = lru_cache(None)(self._compile)
        """The templates in the language of a tag."""
        self.ours = lru_cache(None)(self._compile_ours)
        """The same without the shop's own: those that stand in for them."""
        self.policy = lru_cache(None)(self._policy)
        """The Content-Security-Policy of a template, which is the same in all languages."""

    def _policy(self, template: str) -> str:
        sources = self._inline.sources(self.compiled(ENGLISH.tag), template)
        if self.theme.templates is not None:
            # ours may have to stand in for it
            more = self._inline.sources(self.ours(ENGLISH.tag), template)
            sources = {
                element: list(dict.fromkeys([*each, *more[element]])) for element, each in sources.items()
            }
        return policy_of(template, sources)

    def _compile(self, tag: str) -> Environment:
        if self.theme.templates is None:
            return self.ours(tag)
        spoken = language(tag)
        return self._fitted(own_environment(self._folder, self.theme.templates, spoken.words), spoken)

    def _compile_ours(self, tag: str) -> Environment:
        spoken = language(tag)
        return self._fitted(environment(self._folder, spoken.words), spoken)

    def _fitted(self, env: Environment, spoken: Language) -> Environment:
        texts = Texts(spoken)
        env.globals.update(name=self.theme.name or texts.name, eta_words=_data_attributes(texts.eta_forms))
        env.globals.update(reasons=json.dumps(texts.reasons, ensure_ascii=False))
        env.globals["theme"] = replace(self.theme, templates=None, moved=None, files=())
        env.globals.update(dir=spoken.direction, own_name=spoken.own_name)
        # Filters, because Jinja2 works out a filter of a constant when it compiles.
        env.filters["static"] = self.static.url
        self._inline.install(env)
        return env


def _data_attributes(forms: EtaForms) -> Markup:
    words = {f"data-{name.replace('_', '-')}": text for name, text in asdict(forms).items()}
    return Markup(" ").join(Markup('{}="{}"').format(name, text) for name, text in words.items())
