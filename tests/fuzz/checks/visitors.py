"""Who the visitor is: whatever is claimed, it is somebody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final

from tests.fuzz.checks.fields import CLIENTS, TRUSTED
from waitroom.proxy.fields import Header
from waitroom.proxy.trust import UNIX_PEER

_HOST: Final = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]{0,255}")


def check_visitor(headers: Sequence[Header]) -> None:
    """An address or a unix socket, ``http`` or ``https``, a host; a stranger's claims count for nothing.

    Args:
        headers: with a ``Host`` as the server lets it in, or none.
    """
    hosts = [value for name, value in headers if name == b"host"]
    for client in CLIENTS:
        visitor = TRUSTED.visitor(client, headers)
        if visitor.address != UNIX_PEER:
            assert str(ip_address(visitor.address)) == visitor.address
        assert visitor.scheme in ("http", "https")
        assert _HOST.fullmatch(visitor.host) or visitor.host in hosts
        assert visitor.asked == (hosts[-1] if hosts else b"")
        if not TRUSTED.believes(client):
            assert visitor == TRUSTED.visitor(client, [header for header in headers if header[0] == b"host"])
