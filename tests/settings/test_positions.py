"""The line of every key and table is found."""

from __future__ import annotations

import tomllib

import pytest

from waitroom.settings.positions import Place, line_numbers

TEXT = '''\
# a comment with [[rooms]] and a = 1
secret = "x # no comment = [ ]"
"quoted key" = 1
'single' = 'C:\\'
text = """
port = 5
\\""" """
raw = \'\'\'
origin = 1\'\'\'
trusted_proxies = [  # a comment ]
  "10.0.0.0/8",

  "127.0.0.1", # another
]
when = 1979-05-27 07:32:00
inline = { a = 1, b.c = [1, 2] }
dotted . key = 3

[[rooms]]
name = "a"
  [rooms.inner] # of the first
  deep = true
[[ rooms ]]

name = "b"
many = [
  { name = "c", rate = 1 },
  { name = "d" },
]
[ last . "one" ]
here = ""
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("secret",), 2),
        (("quoted key",), 3),
        (("single",), 4),
        (("text",), 5),
        (("raw",), 8),
        (("trusted_proxies",), 10),
        (("trusted_proxies", 0), 11),
        (("trusted_proxies", 1), 13),
        (("when",), 15),
        (("inline",), 16),
        (("inline", "b", "c", 1), 16),
        (("dotted", "key"), 17),
        (("rooms",), 19),
        (("rooms", 0), 19),
        (("rooms", 0, "name"), 20),
        (("rooms", 0, "inner"), 21),
        (("rooms", 0, "inner", "deep"), 22),
        (("rooms", 1), 23),
        (("rooms", 1, "name"), 25),
        (("rooms", 1, "many", 0, "rate"), 27),
        (("rooms", 1, "many", 1), 28),
        (("last", "one"), 30),
        (("last", "one", "here"), 31),
    ],
)
def test_line_of(place: Place, line: int) -> None:
    """Comments, strings of all kinds, arrays and tables of all kinds do not lead astray."""
    assert line == line_numbers(TEXT)[place]


def test_nothing_is_found_that_is_not_there() -> None:
    """The places are exactly those of the values that the standard library reads."""
    places = set(line_numbers(TEXT))
    assert _places(tomllib.loads(TEXT), ()) == places


@pytest.mark.parametrize(
    "text", ["", "\n", "# only", "a=1", "a = [\n]", "a = {}", "[a]", 'a = """x"""""', "a=''"]
)
def test_the_end_may_come_anywhere(text: str) -> None:
    """A last line without a line break is read to its end."""
    assert _places(tomllib.loads(text), ()) == set(line_numbers(text))


def test_windows_line_ends() -> None:
    """Lines that end as on Windows count once."""
    assert line_numbers("a = 1\r\nb = 2\r\n") == {("a",): 1, ("b",): 2}


def _places(value: object, place: Place) -> set[Place]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {place} if place else set()
    for step, each in inner:
        found |= _places(each, (*place, step))
    return found
