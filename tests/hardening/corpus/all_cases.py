"""The corpus as a whole."""

from tests.hardening.corpus import (
    chunks,
    codings,
    fields,
    hops,
    hosts,
    lengths,
    line_ends,
    paths,
    pipelines,
    request_lines,
    sizes,
    versions,
)
from tests.hardening.verdicts import Case

CASES: list[Case] = [
    *request_lines.CASES,
    *line_ends.CASES,
    *versions.CASES,
    *hosts.CASES,
    *paths.CASES,
    *fields.CASES,
    *lengths.CASES,
    *codings.CASES,
    *chunks.CASES,
    *hops.CASES,
    *pipelines.CASES,
    *sizes.CASES,
]
"""Each malformed or ambiguous request, with its verdict."""
