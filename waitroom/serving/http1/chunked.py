"""The body of a request that comes in chunks (RFC 9112 section 7.1). Pure: bytes in, bytes out."""

from __future__ import annotations

import re
from typing import Final

from waitroom.serving.http1.head import RefusedError

MAX_LINE_BYTES: Final = 1024
"""Of a chunk's size with its extensions, and of a trailer field."""
MAX_ASIDE_BYTES: Final = 16_384
"""Of the trailer, and of the extensions of a row of chunks that carry hardly anything."""

_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t -~\x80-\xff]*)?")
_FIELD: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~\x80-\xff]*")


class ChunkedDecoder:
    """Takes the chunks apart. What is not exactly as the grammar has it is refused."""

    __slots__ = ("_aside", "_expects_break", "_held", "_left", "complete", "rest")

    def __init__(self) -> None:
        self.complete = False
        """The last chunk and the trailer were read."""
        self.rest = b""
        """What came after the end: the beginning of another request."""
        self._held = b""
        self._left = 0
        self._expects_break = False
        self._aside = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The pieces of the body in ``data``, which may end anywhere. Raises ``RefusedError``.

        Extensions and the trailer are read and dropped: ASGI has no place for them.
        """
        pieces: list[bytes] = []
        data = self._held + data if self._held else data
        at, end = 0, len(data)
        while not self.complete:
            if self._left > 0:
                piece = data[at : at + self._left]
                if not piece:
                    break
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
                self._expects_break = self._left == 0
                self._aside = max(0, self._aside - len(piece))
                continue
            if self._expects_break:
                if end - at < 2:
                    if data[at:] not in (b"", b"\r"):
                        raise _malformed()
                    break
                if data[at : at + 2] != b"\r\n":
                    raise _malformed()
                at += 2
                self._expects_break = False
            line_end = data.find(b"\r\n", at, at + MAX_LINE_BYTES)
            if line_end < 0:
                if end - at >= MAX_LINE_BYTES or b"\n" in data[at:]:
                    raise _malformed()
                break
            self._line(data[at:line_end])
            at = line_end + 2
        self._held = b"" if self.complete else data[at:]
        self.rest = data[at:] if self.complete else b""
        return pieces

    def _line(self, line: bytes) -> None:
        self._aside += len(line)
        if self._aside > MAX_ASIDE_BYTES:
            raise RefusedError(400, "There is too much beside the body's chunks.")
        if self._left < 0:  # within the trailer
            if not line:
                self.complete = True
            elif not _FIELD.fullmatch(line):
                raise _malformed()
            return
        match = _SIZE.fullmatch(line)
        if match is None:
            raise _malformed()
        self._left = int(match[1], 16) or -1


def _malformed() -> RefusedError:
    return RefusedError(400, "The chunks of the body are malformed.")
