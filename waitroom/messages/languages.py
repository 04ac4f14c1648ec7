"""Which of several texts somebody reads best: by ``Accept-Language`` (RFC 9110 section 12.5.4). Pure.

One rule for the gateway's own words and for the shop's messages. What a tag leaves out is filled in by CLDR's likely
subtags, so that ``zh-TW`` is known to be written in traditional characters, and ``pt`` to be that of Brazil.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from babel.core import get_global

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


class Full(NamedTuple):
    """A tag with nothing left out, in lower case but for what is unknown, which is empty."""

    language: str
    script: str
    region: str


_READ_TOO = {
    "nn": "nb",
    "no": "nb",
    "bs": "hr",
    "be": "ru",
    "gsw": "de",
    "lb": "de",
    "fo": "da",
    "oc": "ca",
    "jv": "id",
}
"""What those who read a language that is not there mostly read as well, after CLDR's language matching."""


@lru_cache(4096)
def full(text: str) -> Full:
    """A tag or range with what it leaves out filled in (UTS 35 section 4.3, likely subtags), names of old renewed."""
    found = _TAG.fullmatch(text)
    if found is None:
        return Full(text.partition("-")[0].lower(), "", "")
    language, script, region = (part or "" for part in found.group("language", "script", "region"))
    language, script, region = language.lower(), script.title(), region.upper()
    renewed = str(get_global("language_aliases").get(language, language)).split("_")
    language, script = renewed[0], script or "".join(renewed[1:2])
    likely = get_global("likely_subtags")
    for parts in ((language, script, region), (language, region), (language, script), (language,)):
        if filled := likely.get("_".join(part for part in parts if part)):
            _, likely_script, likely_region = filled.split("_")[:3]
            script, region = script or likely_script, region or likely_region
            break
    return Full(language, script.lower(), region.lower())


def best(available: Sequence[str], asked: Wanted) -> str | None:
    """The one of the ``available`` tags that suits best; None where none does, and whoever offers them chooses.

    For each range in turn, the nearest of the same language: the tag itself, its region or the one that this follows,
    the language in general, another region, another script; else a language that its readers mostly read as well.
    """
    return _best(tuple(available), asked)


@lru_cache(4096)
def _best(available: tuple[str, ...], asked: Wanted) -> str | None:
    for range_ in asked:
        if range_ == ANY:
            return None
        ranked = [(_distance(range_, offer), place) for place, offer in enumerate(available) if offer]
        distance, place = min(ranked, default=(_FAR, 0))
        if distance < _FAR:
            return available[place]
    return None


_FAR = 9


def _distance(range_: str, offer: str) -> int:
    if range_ == offer.lower():
        return 0
    wanted, offered = full(range_), full(offer)
    if wanted.language != offered.language:
        return 8 if _READ_TOO.get(wanted.language) == offered.language else _FAR
    if wanted.script != offered.script:
        return 7
    if wanted.region == offered.region:
        return 1
    if _follows(wanted) == f"{offered.language}_{offered.region.upper()}":
        return 2
    return 3 if "-" not in offer or offer.lower() == f"{offered.language}-{offered.script}" else 4


def _follows(wanted: Full) -> str:
    """The locale that one is a variety of, such as pt_PT for Angola (UTS 35 section 4.2.1)."""
    return str(get_global("parent_exceptions").get(f"{wanted.language}_{wanted.region.upper()}", ""))
