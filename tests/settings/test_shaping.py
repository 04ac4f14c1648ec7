"""What can be set about the traffic of those inside, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from waitroom.errors import SettingsError
from waitroom.settings import load

WriteFile = Callable[[str], Path]


def test_all_of_it_is_off(write: WriteFile) -> None:
    """As it comes there is no limit."""
    shaping = load(write(""), environ={}).shaping
    assert (0, 0.0, 0.0, ()) == (
        shaping.concurrency,
        shaping.visitor_rate,
        shaping.address_rate,
        shaping.classes,
    )


def test_classes_keep_their_order(write: WriteFile) -> None:
    """Which is that of importance."""
    text = '[shaping]\nconcurrency = 8\nwait = "500ms"\n[[shaping.classes]]\nname = "b"\npaths = ["/b"]\n'
    settings = load(write(text + '[[shaping.classes]]\nname = "a"\nmethods = ["POST"]\n'), environ={})
    assert (8, 0.5) == (settings.shaping.concurrency, settings.shaping.wait)
    assert ["b", "a"] == [each.name for each in settings.shaping.classes]


CLASS = '[shaping]\n[[shaping.classes]]\nname = "one"\npaths = ["/a/*"]\nshare = 0.5\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[shaping]\nconcurrency = -1\n", "shaping.concurrency: given -1; allowed: a whole number from 0"),
        (
            "workers = 4\n[shaping]\nconcurrency = 3\n",
            "concurrency must be at least 1 for each of the 4 workers",
        ),
        ('[shaping]\nwait = "2h"\n', 'shaping.wait: given "2h"; allowed: a duration from "0s" to "1m"'),
        ("[shaping]\nvisitor_share = 0\n", "shaping.visitor_share: given 0; allowed: a number above 0"),
        ("[shaping]\nlimit = 3\n", "shaping.limit: unknown setting"),
        (CLASS + '[[shaping.classes]]\nname = "one"\n', 'two classes are named "one"'),
        (
            CLASS + '[[shaping.classes]]\nname = "two"\npaths = ["/A/*"]\n',
            'classes "one" and "two" cover the same: any method, /a/*',
        ),
        (CLASS + 'methods = ["post"]\n', 'given "post"; allowed: a list of HTTP methods in capitals'),
        (
            CLASS + '[[shaping.classes]]\nname = "two"\nshare = 0.5\npaths = ["/b"]\n',
            "add up to 1.1, more than 1 (with 0.1 for all the rest",
        ),
        (CLASS + "most = 0\n", "most: given 0; allowed: a number above 0 and at most 1"),
        (CLASS + "most = 0.3\n", "most: given 0.3; must not be below share (0.5)"),
        (
            "[shaping]\nconcurrency = 257\n",
            "origin_connections: must be at least 257 to each address: shaping.concurrency gives a worker 257 slots",
        ),
        (
            'origin = ["http://a", "http://b"]\norigin_connections = 3\nworkers = 2\n[shaping]\nconcurrency = 14\n',
            "origin_connections: given 3; must be at least 4 to each address",
        ),
        (CLASS + "rate = 3\n", "rate: unknown setting"),
    ],
)
def test_what_is_wrong_is_told(write: WriteFile, text: str, said: str) -> None:
    """By name, with what was given and what is allowed."""
    with pytest.raises(SettingsError, match=re.escape(said)):
        load(write(text), environ={})


def test_a_class_may_give_way_by_its_method(write: WriteFile) -> None:
    """Two classes may have one path where one of them names its methods."""
    text = CLASS + '[[shaping.classes]]\nname = "two"\npaths = ["/a/*"]\nmethods = ["POST"]\n'
    assert 2 == len(load(write(text), environ={}).shaping.classes)
