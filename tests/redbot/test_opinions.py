"""redbot (https://redbot.org), which knows what the standards ask of an HTTP answer, finds nothing wrong with ours."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.redbot.asking import Opinion

ACCEPTED = {
    # no-store says it all to caches that follow the standard; private is for those that overlook it
    "CC_CONFLICTING",
    # with max-age it changes nothing for caches that follow the standard; some CDNs keep only what says so
    "STORE_PUBLIC_UNNECESSARY",
    # a page differs by the kind of request, language, cookie and encoding, and is not stored anyway
    "VARY_COMPLEX",
}
"""Warnings that stand, each with its reason."""

MEANT = {"STATUS_BAD_REQUEST", "STATUS_URI_TOO_LONG"}
"""These repeat what the answer says: that the request was wrong."""

ADDED = {
    # the gateway adds a cookie to this answer, so it must make it no-cache; a validator is for the shop to give
    "FRESHNESS_NO_CACHE_NO_VALIDATOR",
}
"""Warnings about an answer of the shop that come with the gateway, each with its reason."""

OURS = {
    "held": 503,
    "held as a page": 503,
    "closed": 503,
    "closed as a page": 503,
    "picture": 503,
    "crossing form": 200,
    "status": 200,
    "events": 200,
    "line": 200,
    "left": 200,
    "left as a page": 200,
    "leaving from elsewhere": 403,
    "no ticket": 404,
    "live": 200,
    "ready": 200,
    "no such address": 404,
    "no such file": 404,
    "wrong method": 405,
    "ambiguous path": 400,
    "path with NUL": 400,
    "body too long": 413,
    "target too long": 414,
    "expectation": 417,
    "field too long": 431,
    "shop away": 502,
    "shop away as a page": 502,
    "static js": 200,
}
"""What the gateway says by itself, and the status of it."""

SHOPS = {"/": 200, "HEAD": 200, "/nothing": 404, "/api/products": 200, "/lab/echo": 200}
"""Answers of the shop; the last with the gateway's cookies."""


@pytest.mark.parametrize(("name", "status"), OURS.items(), ids=OURS)
def test_an_answer_of_ours_is_as_the_standards_have_it(
    name: str, status: int, found: Mapping[str, Opinion]
) -> None:
    """Nothing is bad, and nothing is warned of but what is accepted."""
    opinion = found[name]
    assert status == opinion.status
    assert {} == {kind: text for kind, text in opinion.told("BAD").items() if kind not in MEANT}
    assert {} == {kind: text for kind, text in opinion.told("WARN").items() if kind not in MEANT | ACCEPTED}


@pytest.mark.parametrize(("path", "status"), SHOPS.items(), ids=SHOPS)
def test_the_gateway_makes_no_answer_of_the_shop_worse(
    path: str, status: int, found: Mapping[str, Opinion]
) -> None:
    """What is warned of through the gateway is warned of directly."""
    direct, through = found[f"shop {path}"], found[f"through {path}"]
    assert (status, status) == (direct.status, through.status)
    assert set() == through.told("BAD").keys() - direct.told("BAD").keys()
    assert set() == through.told("WARN").keys() - direct.told("WARN").keys() - ADDED


def test_nothing_is_accepted_in_vain(found: Mapping[str, Opinion]) -> None:
    """What no longer occurs leaves the list."""
    assert {kind for name in OURS for kind in found[name].told("WARN", "BAD")} == ACCEPTED | MEANT
    assert {kind for path in SHOPS for kind in found[f"through {path}"].told("WARN")} >= ADDED


def test_every_answer_is_looked_at(found: Mapping[str, Opinion]) -> None:
    """What was asked for is judged."""
    assert {*OURS, *(f"{way} {path}" for way in ("shop", "through") for path in SHOPS)} == found.keys()
