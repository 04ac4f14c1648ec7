"""Every corner of the protocol, by bytes: what the shop answers is what comes through the gateway.

The families are those of the Autobahn test suite (see test_autobahn.py, which runs the suite itself where it can be
had). Right and wrong frames alike: the gateway adds no judgement of its own, and takes none away.
"""

from __future__ import annotations

import asyncio
import zlib

import pytest

from tests.contract.harness import Gateway
from tests.websockets.harness import opening

pytestmark = pytest.mark.anyio

MASK = b"\x37\xfa\x21\x3d"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    form: int = 0,
) -> bytes:
    """One frame (RFC 6455 section 5.2). ``form`` 126 or 127: a length in the longer form, needed or not."""
    length, mask_bit = len(payload), 0x80 if masked else 0
    form = form or (length if length < 126 else 126 if length < 65_536 else 127)
    head = bytes([0x80 * fin | reserved << 4 | opcode, mask_bit | form])
    if form == 126:
        head += length.to_bytes(2)
    elif form == 127:
        head += length.to_bytes(8)
    if not masked:
        return head + payload
    repeated = (MASK * (length // 4 + 1))[:length]
    hidden = (int.from_bytes(payload) ^ int.from_bytes(repeated)).to_bytes(length)
    return head + MASK + hidden


def closing(code: int | None = 1000, reason: bytes = b"") -> bytes:
    """A close frame."""
    return frame(CLOSE, (code.to_bytes(2) if code is not None else b"") + reason)


def deflated(payload: bytes) -> bytes:
    """The payload of a compressed message (RFC 7692 section 7.2.1)."""
    packer = zlib.compressobj(wbits=-12)
    return (packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


LAST = frame(TEXT, b"/close 4000 after all else")
NICE = "Hello-µ@ßöäüàá-UTF-8!!".encode()

FRAMING = {
    f"{name} of {size}": [frame(opcode, b"*" * size)]
    for name, opcode in (("text", TEXT), ("binary", BINARY))
    for size in (0, 1, 125, 126, 127, 128, 65_535, 65_536, 200_000)
} | {
    "a length in a form too long": [frame(TEXT, b"a", form=126)],
    "a length in the longest form": [frame(TEXT, b"a", form=127)],
    "a length beyond all": [b"\x82\xff" + b"\xff" * 8 + MASK],
    "without a mask": [frame(TEXT, b"hello", masked=False)],
}
PINGS = {
    "empty": [frame(PING)],
    "with bytes": [frame(PING, b"\x00\xff\xfe\xfd")],
    "of 125": [frame(PING, b"*" * 125)],
    "of 126": [frame(PING, b"*" * 126)],
    "unasked pong": [frame(PONG, b"hello"), frame(PING, b"1")],
    "ten": [frame(PING, b"%d" % number) for number in range(10)],
    "in fragments": [frame(PING, b"a", fin=False)],
}
RESERVED = {
    f"bits {bits} in {name}": [frame(opcode, b"odd", reserved=bits), frame(PING)]
    for bits in range(1, 8)
    for name, opcode in (("text", TEXT), ("ping", PING), ("close", CLOSE))
}
OPCODES = {
    f"opcode {opcode}": [frame(opcode, b"odd"), frame(PING)] for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
}
FRAGMENTS = {
    "two": [frame(TEXT, b"one ", fin=False), frame(0, b"two")],
    "with a ping between": [frame(TEXT, b"one ", fin=False), frame(PING, b"p"), frame(0, b"two")],
    "a thousand": [frame(TEXT, b"0", fin=False), *[frame(0, b"1", fin=False)] * 998, frame(0, b"2")],
    "empty ones": [frame(TEXT, b"", fin=False), frame(0, b"", fin=False), frame(0, b"")],
    "the end of nothing": [frame(0, b"one")],
    "the middle of nothing": [frame(0, b"one", fin=False), frame(0, b"two")],
    "a new one too soon": [frame(TEXT, b"one", fin=False), frame(TEXT, b"two")],
    "another kind too soon": [frame(TEXT, b"one", fin=False), frame(BINARY, b"two")],
    "none follows": [frame(TEXT, b"one", fin=False)],
}
UTF8 = {
    "good": [frame(TEXT, NICE)],
    "cut within a letter": [frame(TEXT, NICE[:7], fin=False), frame(0, NICE[7:])],
    "a byte at a time": [
        frame(TEXT if at == 0 else 0, NICE[at : at + 1], fin=at == len(NICE) - 1) for at in range(len(NICE))
    ],
} | {
    f"bad {text.hex()}": [frame(TEXT, b"ok " + text), frame(PING)]
    for text in (
        b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xc0\xaf", b"\xe0\x80\xaf",
        b"\xf8\x88\x80\x80\x80", b"\xed\xbf\xbf", b"\xfe", b"\xff", b"\xf0\x9f\x92",
    )
}  # fmt: skip
CLOSES = (
    {
        "no code": [closing(None)],
        "half a code": [frame(CLOSE, b"\x03")],
        "a reason": [closing(1000, b"bye")],
        "a long reason": [closing(1000, b"*" * 123)],
        "too long a reason": [closing(1000, b"*" * 124)],
        "a bad reason": [closing(1000, b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80")],
        "twice": [closing(), closing()],
        "then a ping": [closing(), frame(PING)],
        "then text": [closing(), frame(TEXT, b"b")],
    }
    | {
        f"code {code}": [closing(code)]
        for code in (1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
    }
    | {
        f"bad code {code}": [closing(code)]
        for code in (0, 999, 1004, 1005, 1006, 1012, 1016, 1100, 2000, 2999, 5000, 65_535)
    }
)
LIMITS = {
    f"{name} of {size}": [frame(opcode, b"*" * size)]
    for name, opcode in (("text", TEXT), ("binary", BINARY))
    for size in (262_144, 1_048_576, 4_194_304)
} | {
    f"in fragments of {size}": [
        frame(BINARY, b"*" * size, fin=False),
        *[frame(0, b"*" * size, fin=False)] * (1_048_576 // size - 2),
        frame(0, b"*" * size),
    ]
    for size in (256, 4096, 65_536)
}
COMPRESSED = {
    f"deflated {len(text)}": [frame(TEXT, deflated(text), reserved=4)]
    for text in (b"", b"*", NICE, b"{'key': 'value'}" * 1000, b"*" * 131_072)
} | {
    "plain": [frame(TEXT, NICE)],
    "in fragments": [
        frame(TEXT, deflated(NICE)[:5], reserved=4, fin=False),
        frame(0, deflated(NICE)[5:]),
    ],
    "no deflate at all": [frame(TEXT, b"\xff\xff\xff\xff", reserved=4)],
    "a compressed ping": [frame(PING, deflated(b"a"), reserved=4)],
}
PLAIN = [
    (f"{family}: {name}", frames)
    for family, cases in (
        ("framing", FRAMING),
        ("ping", PINGS),
        ("reserved", RESERVED),
        ("opcode", OPCODES),
        ("fragment", FRAGMENTS),
        ("utf8", UTF8),
        ("close", CLOSES),
        ("limit", LIMITS),
    )
    for name, frames in cases.items()
]


def frames_in(data: bytes) -> tuple[list[bytes], bytes]:
    """The whole frames of what a server sent, and the rest."""
    found = []
    while len(data) >= 2:
        form = data[1]
        head = 2 if form < 126 else 4 if form == 126 else 10
        end = head + (form if form < 126 else int.from_bytes(data[2:head]))
        if len(data) < end:
            break
        found.append(data[:end])
        data = data[end:]
    return found, data


async def heard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[bytes]:
    """All frames that come, until the server has closed."""
    got: list[bytes] = []
    rest, closed = b"", False
    try:
        while piece := await reader.read(1 << 20):
            new, rest = frames_in(rest + piece)
            got += new
            if not closed and any(each[0] & 15 == CLOSE for each in new):
                closed = True
                writer.write(closing())
    except ConnectionError:
        pass  # a server closes at a wrong frame, whatever else is still being sent
    return [*got, rest] if rest else got


async def talk(port: int, frames: list[bytes], *fields: str, pieces: int) -> tuple[list[bytes], list[bytes]]:
    """The messages and the control frames that come back for these frames, sent in pieces of so many bytes.

    The two kinds overtake each other within a server as it pleases.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send() -> None:
        sent = b"".join(frames) + LAST
        for at in range(0, len(sent), pieces):
            writer.write(sent[at : at + pieces])
            await writer.drain()
            await asyncio.sleep(0)  # else the pieces leave together

    try:
        async with asyncio.timeout(20):
            writer.write(opening(*fields, target="/lab/ws"))
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 101 ")
            sending = asyncio.create_task(send())
            got = await heard(reader, writer)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
    finally:
        writer.close()
    return [each for each in got if not each[0] & 8], [each for each in got if each[0] & 8]


def shown(answer: tuple[list[bytes], list[bytes]]) -> list[list[str]]:
    """An answer, as one can read it."""
    return [[each[:20].hex() for each in kind[-5:]] for kind in answer]


async def differences(
    gateway: Gateway, shop: str, cases: list[tuple[str, list[bytes]]], *fields: str, pieces: int
) -> list[str]:
    """The cases in which the gateway's answer is not the shop's."""
    port = int(shop.rpartition(":")[2])
    found = []
    for name, frames in cases:
        direct = await talk(port, frames, *fields, pieces=pieces)
        if pieces == 1 and not any(each.endswith(b"after all else") for each in direct[1]):
            continue  # the shop closes while we still send: what of its last words arrives is a matter of luck
        through = await talk(gateway.port, frames, *fields, pieces=pieces)
        if direct != through:
            found.append(f"{name}: {shown(direct)} directly, {shown(through)} through the gateway")
    return found


@pytest.mark.parametrize("pieces", [1 << 20, 997], ids=["at-once", "in-pieces"])
async def test_the_shop_s_answer_comes_through_unchanged(gateway: Gateway, shop: str, pieces: int) -> None:
    """To right frames and to wrong ones, byte for byte, to the end."""
    assert [] == await differences(gateway, shop, PLAIN, pieces=pieces)


async def test_a_byte_at_a_time(gateway: Gateway, shop: str) -> None:
    """Where packets begin and end means nothing."""
    small = [(name, frames) for name, frames in PLAIN if sum(map(len, frames)) < 100]
    assert len(small) > 50
    assert [] == await differences(gateway, shop, small, pieces=1)


async def test_compressed_messages_come_through_unchanged(gateway: Gateway, shop: str) -> None:
    """The gateway has no part in the compression, nor in the judgement of what is none."""
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
    assert [] == await differences(gateway, shop, list(COMPRESSED.items()), offer, pieces=1 << 20)
