"""How shops read the path of a request. Each does what some server or framework in wide use does."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

Shop = Callable[[str], str]


def split_then_decoded(path: str) -> str:
    """decodes segment by segment, with slashes left encoded (Express, JAX-RS),"""
    return _decoded_but_slashes(path)


def decoded_once(path: str) -> str:
    """decodes once and takes dots as names (ASGI and WSGI frameworks),"""
    return unquote(path)


def decoded_twice(path: str) -> str:
    """decodes again what a proxy before it has decoded,"""
    return unquote(unquote(path))


def decoded_then_resolved(path: str) -> str:
    """decodes once, merges slashes, then resolves dots (nginx, Go),"""
    return _without_dots(_merged(unquote(path)))


def resolved_then_decoded(path: str) -> str:
    """resolves dots and their encodings as browsers do, then decodes (URL of JavaScript),"""
    return unquote(_without_dots(re.sub("%2e", ".", path.replace("\\", "/"), flags=re.IGNORECASE)))


def slashes_kept_encoded(path: str) -> str:
    """decodes all but slashes, resolves dots and ignores case (Kestrel),"""
    return _without_dots(_decoded_but_slashes(path)).lower()


def without_parameters(path: str) -> str:
    """cuts parameters off each segment, decodes, then resolves dots (Tomcat, Jetty),"""
    return _without_dots(_merged(unquote(re.sub(";[^/]*", "", path))))


def back_slashes_as_slashes(path: str) -> str:
    """decodes, takes back slashes as slashes, resolves dots and ignores case (IIS),"""
    return _without_dots(_merged(unquote(path).replace("\\", "/"))).lower()


def merged_then_decoded(path: str) -> str:
    """merges slashes, then decodes (PHP's front controllers),"""
    return unquote(_merged(path))


def decoded_twice_then_resolved(path: str) -> str:
    """decodes again and then resolves dots (a file server behind a decoding proxy),"""
    return _without_dots(_merged(unquote(unquote(path))))


SHOPS: tuple[Shop, ...] = (
    split_then_decoded,
    decoded_once,
    decoded_twice,
    decoded_then_resolved,
    resolved_then_decoded,
    slashes_kept_encoded,
    without_parameters,
    back_slashes_as_slashes,
    merged_then_decoded,
    decoded_twice_then_resolved,
)


def _decoded_but_slashes(path: str) -> str:
    return unquote(re.sub("%(2f)", r"%25\1", path, flags=re.IGNORECASE))


def _merged(path: str) -> str:
    return re.sub("//+", "/", path)


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    resolved = "/".join(kept)
    return resolved if resolved.startswith("/") else "/" + resolved
