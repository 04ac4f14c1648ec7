"""Requests that ask the shop to take them for others."""

from __future__ import annotations

_FIELDS = frozenset(
    (b"x-http-method-override", b"x-http-method", b"x-method-override", b"x-original-method", b"x-original-url",
     b"x-rewrite-url", b"x-original-uri", b"x-http-path-override")
)  # fmt: skip


def is_disguise(name: bytes) -> bool:
    """Whether by a field of this name, in lower case, frameworks let a client replace the method or the path
    (WordPress, Symfony, IIS and more)."""
    # behind CGI-like interfaces _ and - are one
    return name.replace(b"_", b"-") in _FIELDS
