"""``python -m waitroom.words``: brings the catalogues up to date with the templates and the code."""

from __future__ import annotations

from waitroom.words.extraction import update

update()
