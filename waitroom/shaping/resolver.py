"""Questions to DNS, by dnspython: each with an end, and none in a thread that nobody can call back."""

from __future__ import annotations

from collections.abc import Collection

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.reversename

from waitroom.shaping.crawlers import LookupFailedError

SECONDS = 5.0
"""How long one question may take in all."""


class DnsResolver:
    """Asks the name servers that the system names, or those of ``resolver``."""

    def __init__(
        self, resolver: dns.asyncresolver.Resolver | None = None, *, seconds: float = SECONDS
    ) -> None:
        self._resolver = resolver
        self._seconds = seconds

    async def names(self, address: str) -> Collection[str]:
        """See :class:`~waitroom.shaping.crawlers.Resolver`."""
        texts = await self._ask(dns.reversename.from_address(address), dns.rdatatype.PTR)
        return [text.rstrip(".").lower() for text in texts]

    async def addresses(self, name: str, *, version: int) -> Collection[str]:
        """See :class:`~waitroom.shaping.crawlers.Resolver`."""
        kind = dns.rdatatype.A if version == 4 else dns.rdatatype.AAAA
        return await self._ask(dns.name.from_text(name), kind)

    async def _ask(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> list[str]:
        try:
            # made when it is needed: a system that names no server keeps no gateway from starting
            if self._resolver is None:
                self._resolver = dns.asyncresolver.Resolver()
            answer = await self._resolver.resolve(name, kind, search=False, lifetime=self._seconds)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise LookupFailedError(f"{name}: {type(error).__name__}: {error}") from error
        return [record.to_text() for record in answer]
