"""The pages in each language of a site."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from waitroom.gate.page import Pages
from waitroom.gate.press import Press
from waitroom.messages.languages import Wanted
from waitroom.words.language import Language, Languages


class Editions:
    """The pages in each of a site's languages. All templates are compiled in the first language at the start.

    Raises ``jinja2.TemplateError`` when one is missing or wrong.
    """

    def __init__(self, templates: Path | Press, languages: Sequence[str] = ()) -> None:
        self.languages = Languages(languages)
        self._press = templates if isinstance(templates, Press) else Press(templates)
        self.static, self.theme = self._press.static, self._press.theme
        self._in = lru_cache(None)(self._of)
        self.first = self.to(())
        """In the language of who reads none of them."""
        self.first.check()

    def to(self, wanted: Wanted) -> Pages:
        """The pages that somebody gets who wants these languages."""
        return self._in(self.languages.to(wanted))

    def _of(self, spoken: Language) -> Pages:
        return Pages(self._press, spoken)
