"""Which header fields cross the gateway, in each direction. Pure functions; names come in lower case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from waitroom.proxy.fields import Header
from waitroom.proxy.forwarded import element
from waitroom.proxy.trust import TrustedProxies

HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"expect",  # answered by the server below us, with the body's first read
        b"http2-settings",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Fields about one connection alone (RFC 9110 7.6.1), and those that a gateway answers itself."""

# A visitor must not be able to have these taken away by naming them in Connection: the origin would frame or
# route the message otherwise than we do.
_NEVER_NAMED: Final = frozenset({b"content-length", b"cookie", b"host", b"authorization", b"set-cookie"})

# What a proxy says about the visitor: believed from a trusted one only.
_BY_PROXIES: Final = b"x-forwarded-"
_BY_PROXIES_TOO: Final = frozenset({b"forwarded", b"x-real-ip", b"x-original-host"})
# Some shops (IIS, Symfony, Zend) serve the path that these name instead of the one whose room was looked up. A trusted
# proxy is not believed either: CDNs pass on what a visitor writes in them.
_OTHER_PATHS: Final = frozenset({b"x-original-url", b"x-rewrite-url"})
_REPLACED: Final = frozenset({b"x-forwarded-proto", b"x-forwarded-host"})

# Origins behind CGI-like interfaces read Content_Length and Content-Length as one name.
_NEVER_DISGUISED: Final = HOP_BY_HOP | _NEVER_NAMED | _BY_PROXIES_TOO | _OTHER_PATHS

# What most requests carry, and nothing is to be done about: the rest is looked at more closely.
_PLAIN: Final = frozenset(
    b"accept accept-encoding accept-language authorization cache-control content-length content-type dnt "
    b"host if-modified-since if-none-match origin pragma priority range referer sec-ch-ua sec-ch-ua-mobile "
    b"sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user "
    b"upgrade-insecure-requests user-agent".split()
)

_PLAIN_ANSWER: Final = frozenset(
    b"accept-ranges age cache-control content-encoding content-language content-length content-security-policy "
    b"content-type date etag expires last-modified link location pragma referrer-policy server "
    b"strict-transport-security vary via x-content-type-options x-frame-options x-powered-by x-request-id".split()
)
"""The same of answers."""

_NAME: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]{1,64}")
_NOT_IN_TRAILERS: Final = frozenset(
    b"age cache-control content-encoding content-range content-type date expires location retry-after vary "
    b"www-authenticate x-accel-redirect".split()
)
_OURS: Final = b"waitroom-"
_OUR_COOKIES: Final = b"waitroom_"
# The console's begin like this where they can (RFC 6265bis 4.1.3.2); a browser sends them to every port of a host.
_OUR_COOKIES_ALL: Final = (_OUR_COOKIES, b"__Host-" + _OUR_COOKIES)
_CHUNKED: Final = (b"transfer-encoding", b"chunked")
_VIA: Final = (b"via", b"1.1 waitroom")
_PROTO: Final = {
    "http": (b"x-forwarded-proto", b"http"),
    "https": (b"x-forwarded-proto", b"https"),
}


def to_origin(
    headers: Sequence[Header],
    *,
    client: tuple[str, int] | None,
    scheme: str,
    host: bytes,
    trusted: TrustedProxies,
    extra: Sequence[Header] = (),
) -> list[Header]:
    """Turn a visitor's request headers into those for the origin.

    Left out are hop-by-hop fields, every ``Waitroom-*`` field, the gateway's cookies, ``X-Original-URL`` and
    ``X-Rewrite-URL``, and what an untrusted peer says in ``X-Forwarded-*``, ``Forwarded`` and ``X-Real-IP``. All
    else, ``Host`` among it, passes byte for byte.
    A body that came in chunks is announced in chunks; its framing is written anew on the way.

    Args:
        headers: those of the request.
        client: the peer of the connection; its address is appended to ``X-Forwarded-For``.
        scheme: how the visitor came, ``http`` or ``https`` (see :meth:`TrustedProxies.visitor`).
        host: the host that the visitor asked for.
        trusted: whose ``X-Forwarded-For`` is continued rather than replaced.
        extra: fields of the gateway's own, appended as they are.
    """
    believed = trusted.believes(client)
    named: frozenset[bytes] = frozenset()
    kept: list[Header] = []
    chain: list[bytes] = []
    said: list[bytes] = []
    chunked = False
    for header in headers:
        name, value = header
        if name in _PLAIN:
            kept.append(header)
        elif name == b"cookie":
            remaining = value if _OUR_COOKIES not in value else _other_cookies(value)
            if remaining:
                kept.append((name, remaining))
        elif name == b"connection":
            named |= _options(value)
        elif name in HOP_BY_HOP:
            chunked = chunked or name == b"transfer-encoding"
        elif name == b"x-forwarded-for":
            if believed:
                chain.append(value)
        elif name == b"forwarded":
            if believed:
                said.append(value)
        elif not _is_said_by_gateway(name) and (believed or not _is_said_by_proxy(name)):
            kept.append(header)
    if named:
        kept = [header for header in kept if header[0] not in named]
    if chunked:
        # RFC 9112 6.3: Transfer-Encoding overrides Content-Length, which must not be forwarded beside it.
        kept = [header for header in kept if header[0] != b"content-length"]
        kept.append(_CHUNKED)
    if client is not None:
        chain.append(client[0].encode("ascii"))
    if chain:
        kept.append((b"x-forwarded-for", b", ".join(chain)))
    kept.append(_PROTO[scheme])
    if host:
        kept.append((b"x-forwarded-host", host))
    said.append(element(address=client and client[0], host=host, scheme=scheme))
    kept.append((b"forwarded", b", ".join(said)))
    kept.append(_VIA)
    kept += extra
    return kept


def from_origin(headers: Sequence[Header]) -> list[Header]:
    """Turn the origin's response headers into those for the visitor.

    Left out are hop-by-hop fields, every ``Waitroom-*`` field, and each ``Set-Cookie`` of a ``waitroom_*``
    cookie.
    """
    kept: list[Header] = []
    named: frozenset[bytes] = frozenset()
    for header in headers:
        name, value = header
        if name in _PLAIN_ANSWER:
            kept.append(header)
        elif name in HOP_BY_HOP:
            if name == b"connection":
                named |= _options(value)
        elif not (name.startswith(_OURS) or (name == b"set-cookie" and _is_ours(value))):
            kept.append(header)
    return [header for header in kept if header[0] not in named] if named else kept


def announced_trailers(headers: Sequence[Header]) -> frozenset[bytes]:
    """The names of the fields that an answer in chunks announces for its end, of those that may stand there.

    What frames, routes or authorises a message has no meaning in a trailer (RFC 9110 6.5.1), or a bad one.
    """
    announced = [value for name, value in headers if name == b"trailer"]
    if not announced or not any(name == b"transfer-encoding" for name, _ in headers):
        return frozenset()
    names = frozenset(name.strip().lower() for value in announced for name in value.split(b","))
    return frozenset(
        name
        for name in names - _NEVER_DISGUISED - _NOT_IN_TRAILERS
        if _NAME.fullmatch(name) and not _is_said_by_gateway(name)
    )


def end_to_end(headers: Sequence[Header]) -> list[Header]:
    """The fields that are not hop-by-hop: neither by name, nor by being named in ``Connection``."""
    kept = [header for header in headers if header[0] not in HOP_BY_HOP]
    if len(kept) != len(headers):
        for name, value in headers:
            if name == b"connection" and (named := _options(value)):
                kept = [header for header in kept if header[0] not in named]
    return kept


def _is_ours(cookie: bytes) -> bool:
    # A nameless cookie (``=waitroom_pass_x=1``) is sent back by browsers as if it had that name.
    return cookie.lstrip(b" \t=").startswith(_OUR_COOKIES_ALL)


def _options(connection: bytes) -> frozenset[bytes]:
    """The field names in a ``Connection`` value, but for those that must not be taken away so."""
    # Nearly every Connection says just this, which names no field.
    if connection in (b"keep-alive", b"close"):
        return frozenset()
    return frozenset(option.strip().lower() for option in connection.split(b",")) - _NEVER_NAMED


def _is_said_by_gateway(name: bytes) -> bool:
    """Whether nobody else may say this to the shop; or whether it is a name of meaning to us in disguise."""
    if b"_" in name:
        plain = name.replace(b"_", b"-")
        return plain in _NEVER_DISGUISED or plain.startswith((_OURS, _BY_PROXIES))
    return name.startswith(_OURS) or name in _REPLACED or name in _OTHER_PATHS


def _is_said_by_proxy(name: bytes) -> bool:
    return name.startswith(_BY_PROXIES) or name in _BY_PROXIES_TOO


def _other_cookies(value: bytes) -> bytes:
    kept = [pair for pair in value.split(b";") if not _is_ours(pair)]
    return b";".join(kept).lstrip(b" \t")
