"""Towards the origin: a streaming HTTP/1.1 client over a pool of kept-alive connections.

The parser of responses is llhttp (``httptools``), as uvicorn's own is for requests; the sockets are plain
:mod:`asyncio` protocols. Nothing is buffered whole, in either direction.
"""

from __future__ import annotations

from waitroom.proxy.fields import Fields, remembered
from waitroom.proxy.headers import end_to_end, from_origin, to_origin
from waitroom.proxy.origin import Edit, Origin
from waitroom.proxy.request import target_of
from waitroom.proxy.timeouts import OriginTimeouts
from waitroom.proxy.trust import TrustedProxies, Visitor, place_of

__all__ = [
    "Edit",
    "Fields",
    "Origin",
    "OriginTimeouts",
    "TrustedProxies",
    "Visitor",
    "end_to_end",
    "from_origin",
    "place_of",
    "remembered",
    "target_of",
    "to_origin",
]
