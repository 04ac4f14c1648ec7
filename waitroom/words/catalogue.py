"""A gettext catalogue (https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html), read as it is written.

The ``.po`` file itself is read, when its language is first asked for: nothing has to be compiled before.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import NullTranslations, c2py
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po

from waitroom.words.offered import SOURCE

FOLDER = Path(__file__).parent / "catalogues"
TEMPLATE = FOLDER / "waitroom.pot"

_Key = tuple[str | None, str]
"""Context and text."""


class Catalogue(NullTranslations):
    """The texts of one language. What is missing is said in English."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._plural = c2py(catalog.plural_expr)
        self._texts: dict[_Key, str] = {}
        self._forms: dict[_Key, tuple[str, ...]] = {}
        for message in catalog:
            match message.id, message.string:
                case str(text), str(translated) if text and translated:
                    self._texts[message.context, text] = translated
                case (str(text), _), (list() | tuple()) as forms if all(forms):
                    self._forms[message.context, text] = tuple(forms)

    def gettext(self, message: str) -> str:
        """The text."""
        return self._texts.get((None, message), message)

    def pgettext(self, context: str, message: str) -> str:
        """The text of that context."""
        return self._texts.get((context, message), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The plural form for ``n``."""
        return self._form((None, msgid1), msgid2, n)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        """The plural form of that context for ``n``."""
        return self._form((context, msgid1), msgid2, n)

    def _form(self, key: _Key, plural: str, n: int) -> str:
        forms = self._forms.get(key)
        if forms is None:
            return key[1] if n == 1 else plural
        return forms[self._plural(n)]


def path_of(tag: str) -> Path:
    """The file of a language."""
    return FOLDER / f"{tag}.po"


def catalog_of(tag: str) -> Catalog:
    """A file as Babel reads it. Raises ``OSError`` where there is none, and ``PoFileError`` where it is malformed."""
    with path_of(tag).open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"), abort_invalid=True)


@lru_cache(None)
def catalogue(tag: str) -> NullTranslations:
    """The texts of a language, read once."""
    return NullTranslations() if tag == SOURCE else Catalogue(catalog_of(tag))
