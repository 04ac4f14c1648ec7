"""What ASGI calls a request."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from starlette.types import Scope

from waitroom.gate.sockets import TUNNEL
from waitroom.serving.http1.head import Head

Address = tuple[str, int]

_ASGI: Final = {"version": "3.0", "spec_version": "2.4"}
_EXTENSIONS: Final[dict[str, dict[str, object]]] = {
    "http.response.early_hint": {},
    "http.response.trailers": {},
}
_TUNNEL: Final[dict[str, dict[str, object]]] = {**_EXTENSIONS, TUNNEL: {}}


def scope_of(head: Head, scheme: str, client: Address | None, server: Address | None) -> Scope:
    """The ASGI scope of a request: how it came, from whom, and to which address."""
    raw_path, _, query = head.target.partition(b"?")
    path = raw_path.decode("ascii")
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": head.version,
        "server": server,
        "client": client,
        "scheme": scheme,
        "method": head.method,
        "root_path": "",
        "path": unquote(path) if "%" in path else path,
        "raw_path": raw_path,
        "query_string": query,
        "waitroom.target": head.target,
        "headers": head.block.headers,
        "extensions": _TUNNEL if head.is_websocket else _EXTENSIONS,
    }
