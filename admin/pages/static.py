"""The console's own static files: read once, compressed once, under an address that names their content.

The hash stands for the whole folder, and is a folder of the address, so that the scripts import one another by
their plain names.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from admin.problems import Problem
from waitroom.resources import templates_dir

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_IMPORT = re.compile(r'^(?:import|export) (?:.* from )?"\./([\w.-]+)";$', re.MULTILINE)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, ready to be sent."""

    content_type: str
    body: bytes = field(repr=False)
    gzip_body: bytes = field(repr=False)


class StaticFiles:
    """The files of a folder that have a known type."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.name: _load(path) for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
        together = hashlib.sha256()
        for name, file in self._files.items():
            together.update(name.encode() + b"\0" + hashlib.sha256(file.body).digest())
        self.digest = together.hexdigest()[:12]

    def __repr__(self) -> str:
        return f"<StaticFiles {self.digest}: {', '.join(self._files)}>"

    def url(self, name: str) -> str:
        """The address of a file. Raises ``KeyError`` for an unknown name."""
        self._files[name]
        return f"/static/{self.digest}/{name}"

    def modules(self, name: str) -> list[str]:
        """The addresses of the modules that a script imports, and those that these import: to be asked for at once,
        and not one after the other as they are found."""
        found: dict[str, None] = {}
        asked = [name]
        while asked:
            for each in _IMPORT.findall(self._files[asked.pop()].body.decode()):
                if each not in found:
                    found[each] = None
                    asked.append(each)
        return [self.url(each) for each in found]

    def lookup(self, digest: str, name: str) -> StaticFile | None:
        """The file at an address; another version's hash is another address."""
        return self._files.get(name) if digest == self.digest else None


def _load(path: Path) -> StaticFile:
    body = path.read_bytes()
    return StaticFile(_TYPES[path.suffix], body, gzip.compress(body, compresslevel=9, mtime=0))


FILES = StaticFiles(templates_dir() / "admin" / "static")


@router.get("/static/{digest}/{name}")
async def static_file(request: Request, digest: str, name: str) -> Response:
    """A script, a style or an image. Open to all: the sign-in needs them, and they say nothing of the site."""
    found = FILES.lookup(digest, name)
    if found is None:
        raise Problem(404, "no-file", "There is no such file.")
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            found.gzip_body, headers={**headers, "content-encoding": "gzip"}, media_type=found.content_type
        )
    return Response(found.body, headers=headers, media_type=found.content_type)
