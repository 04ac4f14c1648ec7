"""The file of members: what spreadsheets write is read; a mistake is named by its line, before anything is minted."""

from __future__ import annotations

from pathlib import Path

import pytest

from waitroom.invitations.members_file import MembersFile, MembersFileError

MADE = ("invitation", "link", "expires")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "members.csv"


def read(path: Path, content: str | bytes) -> list[tuple[str, list[str]]]:
    """The rows of a file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(MembersFile(path, made=MADE))


def complaint(path: Path, content: str | bytes) -> str:
    """What is said of it, without the folder."""
    with pytest.raises(MembersFileError) as refused:
        read(path, content)
    return str(refused.value).removeprefix(f"{path.parent}/")


def test_rows_come_whole_with_their_member(path: Path) -> None:
    """In the order of the file; the column may stand anywhere, in any case, with spaces around its cells."""
    rows = read(path, "name,Member ,note\nZoë,  42 ,\nÅsa,b@shop.example,hi\n")
    assert [("42", ["Zoë", "  42 ", ""]), ("b@shop.example", ["Åsa", "b@shop.example", "hi"])] == rows


@pytest.mark.parametrize(
    "content",
    [
        'member,note\r\n1,"a ""b"", c"\r\n2,"two\nlines"\r\n',
        '\ufeffmember,note\n1,"a ""b"", c"\n\n2,"two\nlines"\n\n',
        'member;note\n1;"a ""b"", c"\n2;"two\nlines"',
        'member\tnote\n1\t"a ""b"", c"\n2\t"two\nlines"\n',
    ],
    ids=["rfc-4180", "byte-order-mark", "semicolons", "tabs"],
)
def test_what_spreadsheets_write_is_read(path: Path, content: str) -> None:
    """Quotes, line breaks in cells, byte order marks, other delimiters, empty lines."""
    assert [("1", ["1", 'a "b", c']), ("2", ["2", "two\nlines"])] == read(path, content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "members.csv:1: there is no heading; the first line names the columns"),
        ("member\n", "members.csv:1: there is no row below the heading"),
        ("email\na@b\n", "members.csv:1: exactly one column must be named \"member\"; there are 'email'"),
        (
            "member,Member\n1,2\n",
            "members.csv:1: exactly one column must be named \"member\"; there are 'member', 'Member'",
        ),
        (
            "member,link\n1,2\n",
            'members.csv:1: a column is named "link", which is one that will be added: rename it',
        ),
        ("member,a\n1,2\n3\n", "members.csv:3: 1 fields, where the heading has 2; is a quote missing?"),
        ("member,a\n1,2\n,2\n", "members.csv:3: the member is empty"),
        ("member\n1\n2\n\n 1 \n", "members.csv:5: the member is the same as on line 2"),
        ('member,a\n1,"two\nlines"\n1,2\n', "members.csv:4: the member is the same as on line 2"),
        (f"member\n{'x' * 201}\n", "members.csv:2: the member is longer than 200 characters"),
        ('member,a\n1,2\n2,"x" y\n', "members.csv:3: not CSV: "),
        ('member,a\n1,"never closed\n2,3\n', "members.csv:2: not CSV: "),
        (b"member\nok\nZo\xeb\n", 'members.csv:3: not UTF-8; save the file as "CSV UTF-8"'),
        ("member\n1\n".encode("utf-16"), 'members.csv:1: not UTF-8; save the file as "CSV UTF-8"'),
    ],
)
def test_what_is_wrong_is_named_by_its_line(path: Path, content: str | bytes, expected: str) -> None:
    """Also where a cell before it has several lines."""
    assert complaint(path, content).startswith(expected)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Is one line too, and a folder is no file."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(MembersFileError, match="cannot be read: "):
            MembersFile(path, made=MADE)
