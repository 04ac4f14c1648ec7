"""Which rule lets a request pass: all its conditions hold, and every doubt speaks against it."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from itertools import product

import pytest

from waitroom.shaping.bypass import Asked, Miss, Rule, Verdict, covers, explain, find

ASKED = Asked(room="drop", method="GET", path="/static/a.css", address="192.0.2.7")


def networks(*texts: str) -> Rule:
    """A rule by address alone."""
    return Rule("office", networks=tuple(ip_network(text) for text in texts))


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("/health", "/health", True),
        ("/health", "/health/", False),
        ("/health", "/Health", False),
        ("/health", "/healthy", False),
        ("/static/*", "/static", True),
        ("/static/*", "/static/", True),
        ("/static/*", "/static/a/b", True),
        ("/static/*", "/statics", False),
        ("/static/*", "/STATIC/a", False),
        ("/static*", "/static-2/a", True),
        ("/static*", "/stati", False),
        ("/static/", "/static/", True),
        ("/static/", "/static", False),
        ("/*", "/", True),
        ("/*", "/any/thing", True),
        ("/krüge/*", "/krüge/1", True),
    ],
)
def test_a_pattern_covers_what_it_says(pattern: str, path: str, covered: bool) -> None:
    """Exactly one path, it and all below, or all that begin alike; case and a final slash count."""
    assert covered == covers(pattern, path)


@pytest.mark.parametrize(
    ("rule", "asked", "miss"),
    [
        (Rule("a", paths=("/static/*",)), {}, None),
        (Rule("a", paths=("/x", "/static/*")), {}, None),
        (Rule("a", paths=("/x",)), {}, Miss.PATH),
        (Rule("a", paths=("/static/*",)), {"path": None}, Miss.UNCLEAR),
        (Rule("a", paths=("/*",)), {"path": None}, Miss.UNCLEAR),
        (Rule("a", paths=("/static/*",)), {"disguised": True}, Miss.DISGUISED),
        (Rule("a", paths=("/static/*",), rooms=frozenset({"other"})), {}, Miss.ROOM),
        (Rule("a", paths=("/static/*",), rooms=frozenset({"other", "drop"})), {}, None),
        (Rule("a", methods=frozenset({"OPTIONS"})), {}, Miss.METHOD),
        (Rule("a", methods=frozenset({"OPTIONS"})), {"method": "OPTIONS"}, None),
        (Rule("a", methods=frozenset({"OPTIONS"})), {"method": "options"}, Miss.METHOD),
        (Rule("a", methods=frozenset({"GET"})), {"path": None}, None),
        (Rule("a", methods=frozenset({"GET"}), paths=("/x",)), {}, Miss.PATH),
        (networks("192.0.2.0/24"), {}, None),
        (networks("198.51.100.0/24"), {}, Miss.ADDRESS),
        (networks("198.51.100.0/24", "192.0.2.7"), {}, None),
        (networks("192.0.2.0/24"), {"address": "::ffff:192.0.2.7"}, None),
        (networks("192.0.2.0/24"), {"address": None}, Miss.ADDRESS),
        (networks("192.0.2.0/24"), {"address": "unix"}, Miss.ADDRESS),
        (networks("192.0.2.0/24"), {"address": "2001:db8::1"}, Miss.ADDRESS),
        (networks("2001:db8::/32"), {"address": "2001:db8::1"}, None),
        (networks("fe80::/10"), {"address": "fe80::1%eth0"}, None),
        (networks("0.0.0.0/0"), {"address": "2001:db8::1"}, Miss.ADDRESS),
        (Rule("a", crawlers=frozenset({"google"})), {}, Miss.CRAWLER),
        (Rule("a", crawlers=frozenset({"google"})), {"crawler": "bing"}, Miss.CRAWLER),
        (Rule("a", crawlers=frozenset({"google", "bing"})), {"crawler": "bing"}, None),
        (Rule("a", crawlers=frozenset({"bing"})), {"crawler": "bing", "method": "HEAD"}, None),
        (Rule("a", crawlers=frozenset({"bing"})), {"crawler": "bing", "method": "POST"}, Miss.METHOD),
        (
            Rule("a", crawlers=frozenset({"bing"}), methods=frozenset({"POST"})),
            {"crawler": "bing", "method": "POST"},
            None,
        ),
    ],
)
def test_all_conditions_of_a_rule_must_hold(rule: Rule, asked: dict[str, str], miss: Miss | None) -> None:
    """The first that does not is the reason."""
    request = replace(ASKED, **asked)  # type: ignore[arg-type]
    assert (Verdict(rule.name, miss),) == explain([rule], request)
    assert (rule if miss is None else None) == find([rule], request)


def test_the_first_rule_that_matches_counts() -> None:
    """In the order of the file."""
    rules = [Rule("other", paths=("/x",)), Rule("static", paths=("/static/*",)), Rule("all", paths=("/*",))]
    assert rules[1] == find(rules, ASKED)
    assert find(rules[:1], ASKED) is None
    assert find([], ASKED) is None


def test_the_explanation_and_the_decision_agree() -> None:
    """The rule that counts is the first that is explained without a miss, whatever is asked."""
    rules = [
        Rule("static", paths=("/static/*",), methods=frozenset({"GET"})),
        networks("192.0.2.0/24"),
        Rule("crawlers", crawlers=frozenset({"google"}), rooms=frozenset({"drop"})),
    ]
    asks = product(
        ("drop", "other"), ("GET", "POST"), ("/static/a", "/x", None), ("192.0.2.1", None), ("google", None)
    )
    for room, method, path, address, crawler in asks:
        request = Asked(room, method, path, address, crawler)
        told = [verdict.rule for verdict in explain(rules, request) if verdict.miss is None]
        found = find(rules, request)
        assert told[:1] == ([found.name] if found else [])
