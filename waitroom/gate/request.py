"""One request on its way through the gate."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from waitroom.gate.negotiate import Kind, classify
from waitroom.proxy import Visitor


@dataclass(frozen=True, slots=True)
class Request:
    """An ASGI request, and who sent it as far as trusted proxies tell."""

    scope: Scope
    receive: Receive
    send: Send
    visitor: Visitor

    @property
    def secure(self) -> bool:
        """Whether the visitor came by HTTPS."""
        return self.visitor.scheme == "https"

    @property
    def kind(self) -> Kind:
        """What kind of request it is."""
        return classify(self.scope["headers"])

    @property
    def target(self) -> str:
        """The address asked for: path and query, as sent."""
        query: bytes = self.scope["query_string"]
        path: bytes = self.scope.get("raw_path") or self.scope["path"].encode()
        return (path + b"?" + query if query else path).decode("latin-1")
