"""The rules that fuzzing tries, on inputs that are nearly right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.checks.answers import check_answer, check_answer_head
from tests.fuzz.checks.chunks import check_chunks
from tests.fuzz.checks.fields import CLIENTS, check_from_origin, check_raw, check_to_origin
from tests.fuzz.checks.heads import LARGE, accepted, check_head
from tests.fuzz.checks.paths import check_path
from tests.fuzz.checks.visitors import check_visitor
from tests.fuzz.strategies import CUTS, FIELDS, PATHS, RAW_FIELDS, answers, bodies, heads, mutated
from waitroom.proxy.fields import Header
from waitroom.proxy.headers import HOP_BY_HOP

_FRAMED = HOP_BY_HOP | {b"content-length"}
often = settings(max_examples=400, deadline=None)


@often
@given(mutated(heads(), "head"))
def test_a_head_reads_alike_everywhere_or_is_refused(data: bytes) -> None:
    """What is accepted means the same to h11 and to a strict reader, as it came and written anew, cut or not."""
    check_head(data)


@often
@given(mutated(bodies(), "chunks"), CUTS)
def test_chunks_mean_the_same_however_they_are_cut(data: bytes, cuts: list[int]) -> None:
    """Two other decoders agree on what is accepted, and hardly anything is held back."""
    check_chunks(data, cuts)


@often
@given(mutated(heads(), "fields"), st.sampled_from(CLIENTS))
def test_the_origin_is_told_what_was_asked(data: bytes, client: tuple[str, int] | None) -> None:
    """One framing, nothing of ours or of one hop, all else byte for byte and in order."""
    head = accepted(data, LARGE)
    if head is not None:
        check_to_origin(head, client)


@often
@given(RAW_FIELDS)
def test_no_field_breaks_out_of_its_line(headers: list[Header]) -> None:
    """Whatever the fields are, they are sent on in lines of their own or not at all."""
    check_raw(headers)


@often
@given(FIELDS)
def test_the_origin_cannot_speak_for_the_gateway(headers: list[Header]) -> None:
    """No field or cookie of the gateway comes from the origin, and no other is lost."""
    check_from_origin(headers)


@often
@given(FIELDS)
def test_whatever_is_claimed_the_visitor_is_somebody(headers: list[Header]) -> None:
    """An address, a scheme and a host, which a stranger cannot choose."""
    check_visitor([header for header in headers if header[0] != b"host"])


@settings(max_examples=1500, deadline=None)
@given(PATHS)
def test_nobody_walks_around_a_room(path: bytes) -> None:
    """A path that any shop reads as one of a room is in that room, or refused as ambiguous."""
    check_path(path.partition(b"?")[0].decode("latin-1"))


@often
@given(mutated(answers(), "answer"), CUTS, st.booleans())
def test_an_answer_is_the_same_however_it_is_cut(data: bytes, cuts: list[int], to_head: bool) -> None:
    """h11 agrees on what is passed on, and what comes after it costs the connection."""
    check_answer(data, cuts, to_head=to_head)


@often
@given(
    st.sampled_from([200, 204, 206, 302, 304, 404, 500, 503]),
    FIELDS.map(lambda fields: [field for field in fields if field[0] not in _FRAMED]),
    st.sampled_from([[], [(b"content-length", b"0")], [(b"content-length", b"17")]]),
    st.booleans(),
    st.sampled_from(["1.0", "1.1"]),
    st.booleans(),
)
def test_what_is_written_to_the_visitor_reads_as_it_was_meant(
    status: int, headers: list[Header], length: list[Header], to_head: bool, version: str, keep_alive: bool
) -> None:
    """Status, fields and framing of an answer are those that h11 reads."""
    check_answer_head(status, [*headers, *length], to_head=to_head, version=version, keep_alive=keep_alive)


@pytest.mark.parametrize("mark", [b"\r\n", b"\r", b"\n", b"\0"])
def test_an_answer_is_not_split(mark: bytes) -> None:
    """A line break or NUL in any field ends the answer before it began."""
    check_answer_head(200, [(b"x", b"a" + mark + b"b: c")], to_head=False, version="1.1", keep_alive=True)
