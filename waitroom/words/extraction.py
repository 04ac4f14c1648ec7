"""What is to be translated: found in the templates and the code, written as the template of all catalogues.

``python -m waitroom.words`` in a checkout writes it anew, and gives every catalogue the texts that are new.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from waitroom.resources import templates_dir
from waitroom.words.catalogue import TEMPLATE, catalog_of, path_of
from waitroom.words.offered import OFFERED, SOURCE
from waitroom.words.plurals import plural_forms

CODE = (Path("gate/texts.py"), Path("gate/amounts.py"), Path("gate/embed_words.py"))
"""Where there are texts in the code, within the package."""
_COMMENT = "Translators:"
_HEADER = """\
# {name}: the words of waitroom's pages. See docs/languages.md.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def extracted() -> Catalog:
    """All texts, in the order of the files that they stand in."""
    catalog = Catalog(charset="utf-8")
    for name, method, path in _sources():
        options = {"silent": "false", "trimmed": "false"}
        for line, text, comments, context in extract_from_file(
            method, path, comment_tags=(_COMMENT,), options=options, strip_comment_tags=True
        ):
            catalog.add(text, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def as_text(catalog: Catalog, tag: str) -> str:
    """A catalogue as its file is written; the empty tag: the template."""
    written = BytesIO()
    write_po(written, catalog, width=110, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return _header(tag) + written.getvalue().decode().lstrip("\n")


def empty(tag: str) -> Catalog:
    """A language's catalogue with all texts, none of them translated."""
    catalog = read_po(StringIO(_header(tag)))
    catalog.update(extracted(), no_fuzzy_matching=True)
    return catalog


def update() -> None:
    """Writes the template, and all catalogues with what is new in them empty, and what is gone left out."""
    template = extracted()
    TEMPLATE.write_text(as_text(template, ""), encoding="utf-8")
    for tag in OFFERED:
        if tag == SOURCE:
            continue
        catalog = catalog_of(tag) if path_of(tag).exists() else empty(tag)
        catalog.update(template, no_fuzzy_matching=True)
        path_of(tag).write_text(as_text(catalog, tag), encoding="utf-8")


def _header(tag: str) -> str:
    return _HEADER.format(
        name=OFFERED[tag].own if tag else "The template",
        language=tag.replace("-", "_"),
        plural_forms=plural_forms(tag) if tag else "nplurals=2; plural=(n != 1);",
    )


def _sources() -> Iterator[tuple[str, str, Path]]:
    package, templates = Path(__file__).parents[1], templates_dir()
    for path in CODE:
        yield f"waitroom/{path.as_posix()}", "python", package / path
    for path in sorted(
        [*templates.glob("*.html"), *templates.glob("parts/*.html"), *templates.glob("*.txt")]
    ):
        yield f"templates/{path.relative_to(templates).as_posix()}", "jinja2.ext:babel_extract", path
