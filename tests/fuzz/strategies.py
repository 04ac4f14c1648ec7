"""Inputs for the checks, made to be nasty: nearly right, and wrong in a place or two."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.words import WORDS

CUTS = st.lists(st.integers(0, 4096), max_size=6)


def words(target: str, *, max_size: int = 12) -> st.SearchStrategy[bytes]:
    """What a target's inputs are made of, in any order."""
    return st.lists(st.sampled_from(WORDS[target]), max_size=max_size).map(b"".join)


@st.composite
def mutated(draw: st.DrawFn, proper: st.SearchStrategy[bytes], target: str) -> bytes:
    """Something proper, in which up to three places are cut out, doubled, or have something else put in."""
    data = draw(proper)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 8)))
        put = draw(
            st.one_of(
                st.just(b""), st.just(data[start:end] * 2), words(target, max_size=2), st.binary(max_size=2)
            )
        )
        data = data[:start] + put + data[end:]
    return data


NAMES = st.one_of(
    st.sampled_from(
        b"host connection content-length content_length transfer-encoding transfer_encoding te upgrade expect cookie "
        b"set-cookie waitroom-room waitroom_room waitroom-x x-forwarded-for x_forwarded_for x-forwarded-proto via "
        b"x-forwarded-host x-forwarded-port x-real-ip x_real-ip forwarded accept x-a x_a keep-alive trailer "
        b"proxy-authorization http2-settings http2_settings authorization user-agent".split()
    ),
    st.text("abz09-_.!~", min_size=1, max_size=8).map(str.encode),
)
"""Of fields, in lower case: those of meaning to a gateway, and others."""
VALUES = st.one_of(
    st.lists(st.sampled_from(WORDS["raw_fields"]), max_size=4)
    .map(b"".join)
    .map(lambda value: value.translate(None, b"\r\n\0\x0b\x7f").strip(b" \t")),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20).map(
        lambda text: text.encode("latin-1").strip(b" \t")
    ),
    st.lists(NAMES, max_size=3).map(b", ".join),
)
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=8)
"""As a server lets them in."""
RAW_FIELDS = st.lists(
    st.tuples(st.one_of(NAMES, st.binary(max_size=6)), st.one_of(VALUES, st.binary(max_size=9))), max_size=6
)
"""As none does."""


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    """The head of a request, mostly one that is accepted."""
    method = draw(
        st.sampled_from([b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"PROPFIND"])
    )
    target = b"/" + draw(words("path", max_size=4)).translate(None, b" #\0\t")
    version = draw(st.sampled_from([b"1.1", b"1.1", b"1.1", b"1.0"]))
    framing = draw(
        st.sampled_from(
            [
                (),
                ((b"Content-Length", b"5"),),
                ((b"content-length", b"0"),),
                ((b"Transfer-Encoding", b"chunked"),),
            ]
        )
    )
    others = [
        header
        for header in draw(FIELDS)
        if header[0] not in (b"host", b"content-length", b"transfer-encoding")
    ]
    fields = draw(st.permutations([(b"Host", b"shop.example"), *framing, *others]))
    space = draw(st.sampled_from([b": ", b":", b":\t "]))
    return b"\r\n".join(
        [b"%b %b HTTP/%b" % (method, target, version), *(space.join(field) for field in fields), b"", b""]
    )


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A body in chunks, with what follows it."""
    chunks = draw(st.lists(st.binary(min_size=1, max_size=20), max_size=4))
    extensions = st.sampled_from([b"", b"", b";a", b" ; a=b", b';a="\xff"'])
    data = b"".join(b"%x%b\r\n%b\r\n" % (len(chunk), draw(extensions), chunk) for chunk in chunks)
    trailer = draw(st.sampled_from([b"", b"X: y\r\n", b"X:\r\nY: z\r\n"]))
    return (
        data
        + draw(st.sampled_from([b"0", b"000", b"0;a"]))
        + b"\r\n"
        + trailer
        + b"\r\n"
        + draw(words("head", max_size=2))
    )


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """An answer of the origin, with others before and after it at times."""
    status = draw(
        st.sampled_from([b"200 OK", b"204 No Content", b"304 Not Modified", b"404 ", b"500", b"206 Some"])
    )
    lines = [
        b"HTTP/1.1 " + status,
        *draw(st.lists(st.sampled_from([b"X: y", b"Connection: close", b"Set-Cookie: a=b"]), max_size=2)),
    ]
    content = draw(st.binary(max_size=12))
    framed = draw(st.sampled_from(["length", "chunks", "end"]))
    if framed == "length":
        lines.append(b"Content-Length: %d" % len(content))
    elif framed == "chunks":
        lines.append(b"Transfer-Encoding: chunked")
        content = draw(bodies())
    before = draw(
        st.sampled_from(
            [b"", b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"]
        )
    )
    after = draw(st.sampled_from([b"", b"", b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"x"]))
    return before + b"\r\n".join([*lines, b"", content]) + after


PATHS = st.one_of(words("path", max_size=14).map(lambda path: b"/" + path), st.binary(max_size=30))
