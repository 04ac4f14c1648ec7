"""The gateway's own static files: read once, compressed once, named by their content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from waitroom.gate.answers import Header, answer
from waitroom.gate.request import Request

PREFIX = "/__waitroom/static/"

_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, ready to be sent. The path carries its content's hash, so it may be cached for ever."""

    path: str
    content_type: str
    body: bytes
    etag: str
    gzip_body: bytes
    gzip_etag: str
    """Not that of the plain body: the bytes are others."""


class StaticFiles:
    """All files of one folder with a known type, held in memory under their hashed paths.

    Raises ``FileNotFoundError`` at the start when the folder does not exist.
    """

    def __init__(self, folder: Path) -> None:
        files = [_load(file) for file in sorted(folder.iterdir()) if file.suffix in _CONTENT_TYPES]
        self._by_name = {name: file.path for name, file in files}
        self._by_path = {file.path: file for _, file in files}

    def __repr__(self) -> str:
        return f"StaticFiles({sorted(self._by_path)})"

    def add(self, file: StaticFile) -> None:
        """Serves one more, which no template asks for by name."""
        self._by_path[file.path] = file

    def url(self, name: str) -> str:
        """The path under which the file of this name is served. Raises ``KeyError`` for an unknown name."""
        return self._by_name[name]

    def lookup(self, path: str) -> StaticFile | None:
        """The file served at this path, or ``None``. Another version's hash is another path."""
        return self._by_path.get(path)


def _load(file: Path) -> tuple[str, StaticFile]:
    body = file.read_bytes()
    path = f"{PREFIX}{file.stem}.{_digest(body)}{file.suffix}"
    return file.name, made(path, _CONTENT_TYPES[file.suffix], body)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:12]


def made(path: str, content_type: str, body: bytes) -> StaticFile:
    """A file that is served at ``path``."""
    digest = _digest(body)
    return StaticFile(
        path=path,
        content_type=content_type,
        body=body,
        etag=f'"{digest}"',
        # mtime=0: the same bytes from every worker and after every restart.
        gzip_body=gzip.compress(body, compresslevel=9, mtime=0),
        gzip_etag=f'"{digest}-gzip"',
    )


async def serve_file(request: Request, file: StaticFile, headers: Sequence[Header]) -> None:
    """Answers with a file, compressed where the visitor takes that, or with 304 where they have it."""
    sent = dict(request.scope["headers"])
    common: list[Header] = [
        *headers,
        (b"vary", b"Accept-Encoding"),
        (b"x-content-type-options", b"nosniff"),
    ]
    body, etag = file.body, file.etag
    if b"gzip" in sent.get(b"accept-encoding", b""):
        body, etag = file.gzip_body, file.gzip_etag
        common.append((b"content-encoding", b"gzip"))
    common.append((b"etag", etag.encode()))
    status = 304 if matches(sent.get(b"if-none-match", b""), etag) else 200
    await answer(request.scope, request.send, status, file.content_type.encode(), body, common)


def matches(condition: bytes, etag: str) -> bool:
    """Whether an ``If-None-Match`` names what is there (RFC 9110 section 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in condition.decode("latin-1").split(",")]
    return etag in tags or tags == ["*"]
