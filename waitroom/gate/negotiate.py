"""What kind of request is it, and what can its sender read?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from functools import lru_cache

import mimeparse

from waitroom.gate.disguises import is_disguise

_SUBRESOURCES = frozenset(
    (
        "audio", "audioworklet", "embed", "font", "image", "json", "manifest", "object", "paintworklet",
        "report", "script", "serviceworker", "sharedworker", "style", "track", "video", "webidentity",
        "worker", "xslt",
    )
)  # fmt: skip
"""Values of ``Sec-Fetch-Dest`` that are neither a page nor a call (Fetch standard, section 3.2.7)."""

_MOST_ACCEPT_BYTES = 1024
"""Of ``Accept`` that are looked at: no browser sends more than some two hundred."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OFFERS = ["text/css", "image/png", "text/html", "application/json", "application/problem+json"]
"""In rising order of preference: where a client likes several equally, it gets a problem, never a page."""


class Kind(Enum):
    """How a request without a pass is treated."""

    NAVIGATION = auto()
    """Somebody looks at the answer: it joins, and gets pages."""
    CALL = auto()
    """A script or an app: it joins, and gets JSON."""
    SUBRESOURCE = auto()
    """Part of a page: it does not join, and gets a bare answer."""
    PREFETCH = auto()
    """Nobody has asked for it yet: it neither joins nor claims."""
    PREFLIGHT = auto()
    """A browser asks what a call may do (Fetch standard, section 3.3.2): it never brings cookies, and does nothing.
    With a body, or a field that asks the shop to take it for another request, it is a call."""
    FOREIGN = auto()
    """A page of another site sends a form: cookies that are ``SameSite=Lax`` stay behind, so nobody can say whose it
    is, and an answer must not replace them. See :mod:`waitroom.gate.returns`."""
    FRAMED = auto()
    """A page in a frame, of somebody who is not inside: the browser keeps cookies that are ``SameSite=Lax`` back there,
    unless all pages around it are of the same site."""


class Frame(Enum):
    """In what a page is shown."""

    NONE = auto()
    """In a window or tab."""
    OWN = auto()
    """In a frame, at the word of a page of ours or of the shop's."""
    FOREIGN = auto()
    """In a frame, at the word of another site's page."""


def classify(headers: Sequence[tuple[bytes, bytes]], method: str = "GET") -> Kind:
    """The kind of a request, by its method and its ``Sec-Purpose``, ``Sec-Fetch-*`` and ``Accept`` headers.

    Where a browser says what it does (Fetch Metadata), that is believed; older browsers and other clients are
    judged by what they like best in ``Accept`` (RFC 9110 section 12.5.1).
    """
    mode = dest = accept = site = origin = host = b""
    preflight = False
    for name, value in headers:
        if name == b"accept":
            accept = accept + b"," + value if accept else value
        elif name == b"sec-fetch-mode":
            mode = value
        elif name == b"sec-fetch-dest":
            dest = value
        elif name == b"sec-fetch-site":
            site = value
        elif name == b"origin":
            origin = value
        elif name == b"host":
            host = value
        elif name == b"access-control-request-method":
            preflight = method == "OPTIONS"
        elif name in (b"sec-purpose", b"purpose", b"x-moz") and (
            b"prefetch" in value or b"prerender" in value
        ):
            return Kind.PREFETCH
    if preflight and origin:
        # it goes to the shop in every mode, so it must be no more than what a browser sends
        return Kind.PREFLIGHT if all(_only_asks(*header) for header in headers) else Kind.CALL
    # media types have no case (RFC 9110 section 8.3.1)
    kind = _judge(
        mode.decode("latin-1"), dest.decode("latin-1"), accept[:_MOST_ACCEPT_BYTES].decode("latin-1").lower()
    )
    if kind is Kind.NAVIGATION and method not in _SAFE and _is_foreign(site, origin, host):
        return Kind.FOREIGN
    return kind


def at_the_door(kind: Kind, headers: Iterable[tuple[bytes, bytes]], *, has_place: bool) -> Kind:
    """As what a request of this kind counts whose sender is not inside: a page in a frame is ``FRAMED``, unless it was
    asked for by a page of the same origin and its cookies came along."""
    frame = frame_of(headers) if kind is Kind.NAVIGATION else Frame.NONE
    return Kind.FRAMED if frame is Frame.FOREIGN or (frame is Frame.OWN and not has_place) else kind


def frame_of(headers: Iterable[tuple[bytes, bytes]]) -> Frame:
    """Whether a navigation is one of a frame, as far as the browser tells (Fetch Metadata)."""
    dest = site = b""
    for name, value in headers:
        if name == b"sec-fetch-dest":
            dest = value
        elif name == b"sec-fetch-site":
            site = value
    if dest not in (b"iframe", b"frame", b"fencedframe"):
        return Frame.NONE
    return Frame.OWN if site == b"same-origin" else Frame.FOREIGN


def _only_asks(name: bytes, value: bytes) -> bool:
    if name == b"content-length":
        return value == b"0"
    return name != b"transfer-encoding" and not is_disguise(name)


def is_foreign(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a page of another site sends this, as far as the browser tells."""
    found = {name: value for name, value in headers if name in (b"sec-fetch-site", b"origin", b"host")}
    return _is_foreign(*(found.get(name, b"") for name in (b"sec-fetch-site", b"origin", b"host")))


def _is_foreign(site: bytes, origin: bytes, host: bytes) -> bool:
    if site:
        return site == b"cross-site"
    return bool(origin) and origin.partition(b"://")[2].lower() != host.lower()


@lru_cache(1024)
def _judge(mode: str, dest: str, accept: str) -> Kind:
    if dest in _SUBRESOURCES:
        return Kind.SUBRESOURCE
    if mode == "navigate":
        return Kind.NAVIGATION
    if mode or dest:
        return Kind.CALL
    best = _best(accept)
    if best == "text/html":
        return Kind.NAVIGATION
    return Kind.SUBRESOURCE if best in ("image/png", "text/css") else Kind.CALL


def _best(accept: str) -> str:
    if not accept.strip():
        return "application/problem+json"
    try:
        # a bare image/* would otherwise be lost against the */* that browsers put behind it
        offers = (
            [*_OFFERS, "image/webp", "image/svg+xml"] if accept.lstrip().startswith("image/") else _OFFERS
        )
        best: str = mimeparse.best_match(offers, accept)
    except (mimeparse.MimeTypeParseException, ValueError):
        return "application/problem+json"
    return "image/png" if best.startswith("image/") else best
