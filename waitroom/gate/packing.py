"""Compresses pages. What stands before a page's title is the same for all visitors, and is compressed only once.

That part is a piece of a deflate stream that ends on a whole byte (RFC 1951 section 3.2.4). What follows is compressed
with it as the dictionary, and may point back into it: whoever unpacks the stream has just unpacked that. Head and
trailer make of both one member of gzip (RFC 1952 section 2.3).
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache

from waitroom.gate.answers import Header

_TITLE = b"<title>"
_HEAD = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
_RAW = -zlib.MAX_WBITS
_QUICK = 2
"""The level for what each visitor gets: see docs/adr/0033."""
_KEPT = 32
"""How many beginnings are kept, one for each template and language in use. Each takes a quarter of a megabyte."""


class _Beginning:
    """The constant part of a page, packed."""

    def __init__(self, text: bytes) -> None:
        best = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, _RAW)
        self._packed = _HEAD + best.compress(text) + best.flush(zlib.Z_SYNC_FLUSH)
        self._crc, self._size = zlib.crc32(text), len(text)
        self._after = zlib.compressobj(_QUICK, zlib.DEFLATED, _RAW, zdict=text)

    def with_rest(self, rest: bytes) -> bytes:
        after = self._after.copy()
        trailer = struct.pack("<LL", zlib.crc32(rest, self._crc), self._size + len(rest) & 0xFFFFFFFF)
        return b"".join((self._packed, after.compress(rest), after.flush(), trailer))


_beginning = lru_cache(_KEPT)(_Beginning)


def packed(page: bytes) -> bytes:
    """The page as gzip."""
    constant, titled, _ = page.partition(_TITLE)
    if not titled:  # a page of the shop's own: nobody knows what is the same for all in it
        return gzip.compress(page, mtime=0)
    return _beginning(constant).with_rest(page[len(constant) :])


def takes_gzip(headers: Sequence[Header]) -> bool:
    """Whether the sender of these headers unpacks gzip (RFC 9110 section 12.5.3)."""
    for name, value in headers:
        if name == b"accept-encoding":
            for coding in value.lower().split(b","):
                kind, _, weight = coding.partition(b";")
                if kind.strip() == b"gzip":
                    return weight.replace(b" ", b"").rstrip(b"0") not in (b"q=", b"q=0.")
    return False
