"""A head that was read before is not parsed again, and nobody can tell."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from waitroom.proxy.known import MOST_HEADS, KnownHeads

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: W/x\r\nContent-Length: 5\r\n\r\n"


def _body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


async def _in_turn(start_shop: Any, start_gateway: Any, *answers: list[bytes]) -> Any:
    """What visitors get, one after the other, each answer in its pieces; and the shop."""
    told = iter(answers)

    async def tell(reader: Any, writer: Any) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            for piece in next(told):
                writer.write(piece)
                await asyncio.sleep(0.02)

    shop = await start_shop(tell)
    gateway = await start_gateway(shop.url)
    got = []
    for _ in answers:
        got.append(await gateway.get())
        await asyncio.sleep(0.05)  # for what comes behind it
    return got, shop


async def test_the_same_head_with_other_bodies(start_shop: Any, start_gateway: Any) -> None:
    """Each visitor gets the body that came for them, on one connection to the shop."""
    bodies = [b"first", b"again", b"third", b"\r\n\r\n!"]
    got, shop = await _in_turn(start_shop, start_gateway, *([HEAD + body] for body in bodies))
    assert bodies == [_body(answer) for answer in got]
    assert 1 == len({answer.partition(b"\r\n\r\n")[0] for answer in got})
    assert 1 == shop.connections


async def test_a_known_head_that_comes_in_pieces(start_shop: Any, start_gateway: Any) -> None:
    """Wherever it is cut: in the head, behind it, in the body."""
    cuts = (1, 9, len(HEAD) - 2, len(HEAD), len(HEAD) + 2)
    whole = HEAD + b"whole"
    answers = [[whole], *([whole[:cut], whole[cut:]] for cut in cuts), [whole]]
    got, shop = await _in_turn(start_shop, start_gateway, *answers)
    assert [b"whole"] * len(answers) == [_body(answer) for answer in got]
    assert 1 == shop.connections


@pytest.mark.parametrize("more", [b"x", HEAD + b"theft"], ids=["a byte", "an answer"])
async def test_what_follows_a_known_answer_reaches_nobody(
    start_shop: Any, start_gateway: Any, more: bytes
) -> None:
    """With it in one piece, or right after it."""
    whole = HEAD + b"whole"
    answers = [[whole], [whole + more], [whole], [whole, more], [whole]]
    got, shop = await _in_turn(start_shop, start_gateway, *answers)
    assert [200, 502, 200, 200, 200] == [int(answer[9:12]) for answer in got]
    assert not any(b"theft" in answer for answer in got)
    assert 3 == shop.connections


async def test_a_known_head_as_the_answer_to_head(start_shop: Any, start_gateway: Any) -> None:
    """It has no body, whatever the same bytes say to GET; one that comes all the same ends the connection."""
    told = iter([HEAD + b"whole", HEAD, HEAD + b"whole", HEAD + b"whole"])

    async def tell(reader: Any, writer: Any) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(next(told))

    shop = await start_shop(tell)
    gateway = await start_gateway(shop.url)
    got = [await gateway.get("/", method=method) for method in ("GET", "HEAD", "HEAD", "GET")]
    assert [b"whole", b"", b"", b"whole"] == [_body(answer) for answer in got]
    assert 2 == shop.connections


async def test_a_shop_that_ends_each_connection(start_shop: Any, start_gateway: Any) -> None:
    """What was understood of the head says so each time."""
    whole = HEAD.replace(b"ETag", b"Connection: close\r\nETag") + b"whole"
    got, shop = await _in_turn(start_shop, start_gateway, [whole], [whole], [whole])
    assert [b"whole"] * 3 == [_body(answer) for answer in got]
    assert 3 == shop.connections


async def test_an_interim_answer_is_not_taken_for_the_head(start_shop: Any, start_gateway: Any) -> None:
    """The first empty line is its end, each time."""
    whole = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HEAD + b"whole"
    got, _ = await _in_turn(start_shop, start_gateway, *([[whole]] * 4))
    assert [b"whole"] * 4 == [answer.rpartition(b"\r\n\r\n")[2] for answer in got]
    assert all(answer.startswith(b"HTTP/1.1 103") and b"W/x" in answer for answer in got)


def _told(known: KnownHeads, head: bytes, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a head is known after it came twice."""
    for _ in range(2):
        assert head not in known
        known.learn(head, len(head) + 5, 200, headers, keep_alive=True)
    return head in known


def test_what_comes_once_is_not_remembered() -> None:
    """A shop that never says the same again fills no memory."""
    known = KnownHeads()
    assert _told(known, HEAD, [])
    for number in range(100):
        known.learn(HEAD.replace(b"W/x", b"W/%d" % number), len(HEAD) + 5, 200, [], keep_alive=True)
    assert [HEAD] == list(known)


def test_what_hands_a_cookie_is_not_remembered() -> None:
    """It is one visitor's alone."""
    assert not _told(KnownHeads(), HEAD.replace(b"ETag: W/x", b"Set-Cookie: a=b"), [(b"set-cookie", b"a=b")])


def test_the_memory_has_bounds() -> None:
    """In heads; and the longest of them."""
    known = KnownHeads()
    for number in range(3 * MOST_HEADS):
        assert _told(known, HEAD.replace(b"W/x", b"W/%d" % number), [])
        assert len(known) <= MOST_HEADS


async def test_a_field_whose_name_or_value_looks_like_a_length_is_none(
    start_shop: Any, start_gateway: Any
) -> None:
    """However many fields come twice."""
    more = (
        b"X-Original-Content-Length: 9\r\nX-Note: content-length: 7\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
    )
    whole = HEAD.replace(b"ETag", more + b"ETag") + b"whole"
    got, _ = await _in_turn(start_shop, start_gateway, [whole], [whole])
    assert [b"whole"] * 2 == [_body(answer) for answer in got]
    assert all(answer.startswith(b"HTTP/1.1 200") and answer.count(b"set-cookie: ") == 2 for answer in got)
