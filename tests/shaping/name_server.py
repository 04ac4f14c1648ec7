"""A small name server on the loopback, for tests."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], tuple[str, ...]]
"""By name (with its final dot) and type, the records. No record at all: the name does not exist."""


class NameServer(asyncio.DatagramProtocol):
    """Answers from a zone; of the names in ``silent`` it says nothing."""

    def __init__(self, zone: Zone, silent: frozenset[str] = frozenset()) -> None:
        self.zone = dict(zone)
        self.silent = silent
        self.asked: Counter[str] = Counter()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        """Answers one question."""
        question = dns.message.from_wire(data)
        (asked,) = question.question
        name, kind = asked.name.to_text().lower(), dns.rdatatype.to_text(asked.rdtype)
        self.asked[name] += 1
        if name in self.silent or self._transport is None:
            return
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        records = self.zone.get((name, kind), ())
        if records:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, dns.rdataclass.IN, kind, *records))
        elif not any(known == name for known, _ in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def name_server(
    zone: Zone, *, silent: frozenset[str] = frozenset()
) -> AsyncIterator[tuple[NameServer, dns.asyncresolver.Resolver]]:
    """A running name server, and a resolver that asks it alone."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: NameServer(zone, silent), local_addr=("127.0.0.1", 0)
    )
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    try:
        yield server, resolver
    finally:
        transport.close()
