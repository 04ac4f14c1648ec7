"""Which of several texts somebody reads best: by ``Accept-Language`` (RFC 9110 section 12.5.4). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

Wanted = tuple[str, ...]
"""Language ranges in lower case, the most wanted first."""

ANY = "*"
_MOST_BYTES = 512
"""Of ``Accept-Language`` that are looked at: browsers send some forty."""
_MOST_RANGES = 12
_RANGE = re.compile(r"(?:[a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)")
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.IGNORECASE,
)


def tag(text: str) -> str:
    """A language tag as it is written: ``pt-BR``, ``zh-Hant`` (RFC 5646 section 2.1.1).

    Raises ``ValueError`` for what is none. Extensions and private use are none here: no browser asks for them.
    """
    found = _TAG.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a language tag")
    script, region = found["script"], found["region"]
    parts = [found["language"].lower(), script and script.title(), region and region.upper()]
    return "-".join(part for part in parts if part) + found["variants"].lower()


def wanted(headers: Iterable[tuple[bytes, bytes]]) -> Wanted:
    """The languages that a request asks for. Empty: it says nothing of them."""
    return _wanted(b",".join(value for name, value in headers if name == b"accept-language")[:_MOST_BYTES])


@lru_cache(2048)
def _wanted(field: bytes) -> Wanted:
    weighed = []
    for place, part in enumerate(field.decode("latin-1").lower().split(",")[:_MOST_RANGES]):
        name, _, weight = part.replace(" ", "").replace("\t", "").partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if _RANGE.fullmatch(name) and 0 < quality <= 1:
            weighed.append((-quality, place, name))
    return tuple(name for _, _, name in sorted(weighed))


def best(available: Sequence[str], asked: Wanted) -> str | None:
    """The one of the ``available`` tags that suits best; None where none does, and whoever offers them chooses.

    For each range in turn: the tag itself or a more general one (lookup, RFC 4647 section 3.4), else one that says
    more than was asked (section 3.3.1), else one of the same language: who reads Swiss German reads Austrian.
    """
    tags = {each.lower(): each for each in available}
    for range_ in asked:
        if range_ == ANY:
            return None
        subtags = range_.split("-")
        for length in range(len(subtags), 0, -1):
            if found := tags.get("-".join(subtags[:length])):
                return found
        for begins in (range_, subtags[0]):
            if found := next((full for low, full in tags.items() if low.startswith(f"{begins}-")), None):
                return found
    return None
