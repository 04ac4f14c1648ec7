"""Optimistic locking: a change goes by what its author has seen (RFC 9110, section 13; 428 is RFC 6585's)."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Header

from admin.problems import Problem

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` of the state that the change goes by, or `*` for whatever there is.",
    ),
]
_TAG = re.compile(r'(?:W/)?"?([0-9]{1,18})"?')
OVERTAKEN = "Somebody has changed it meanwhile. Nothing was done: look at what there is now."
_NONE = -1
"""No revision."""


def seen_by(if_match: str | None) -> frozenset[int] | None:
    """The revisions that the field names; None: any.

    Tags that are weak or without their quotes count too: proxies and people write them. One that is none of ours
    matches nothing.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tags = (_TAG.fullmatch(part.strip()) for part in if_match.split(","))
    return frozenset(int(tag[1]) if tag else _NONE for tag in tags)


def version_wanted(if_match: str | None, present: str) -> str | None:
    """The version of a document that a change goes by, where there is ``present`` now; None: whichever there is.

    Raises a :class:`~admin.problems.Problem` with status 428, and with 412 where it goes by another.
    """
    if needed(if_match) is None or if_match is None:
        return None
    tags = {part.strip().removeprefix("W/").strip('"') for part in if_match.split(",")}
    if present not in tags:
        raise Problem(
            412,
            "overtaken",
            "Somebody has changed it meanwhile. Nothing was done: look at what there is now.",
        )
    return present


def needed(if_match: str | None) -> frozenset[int] | None:
    """The same where the field must be there. Raises a :class:`~admin.problems.Problem` with status 428."""
    if if_match is None:
        raise Problem(
            428,
            "if-match",
            "Say by which state you go: If-Match with the ETag that you were given, or If-Match: *.",
        )
    return seen_by(if_match)
