"""A request as somebody imagines it, and as the gate would see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import quote, unquote, urlsplit

from starlette.types import Message

from waitroom.errors import SettingsError
from waitroom.gate.request import Request
from waitroom.gate.sockets import TUNNEL
from waitroom.proxy import TrustedProxies
from waitroom.telemetry.counters import Counters

PAGE = (
    ("Accept", "text/html,application/xhtml+xml"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-Dest", "document"),
)
"""What a browser sends that opens a page."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_AS_SENT = "/?&=#%:;,+@!$'()*~[]\\"
"""What is sent in a target as it is typed; the rest is percent-encoded, as browsers do."""
MOST_FIELDS = 50
LONGEST = 4096
"""Characters of an address or of a field's value."""


class Holds(StrEnum):
    """What its sender brings of this room."""

    AS_SENT = "as-sent"
    """What the request's own fields say: cookies, ``Waitroom-Ticket``, ``Waitroom-Pass``."""
    NOTHING = "nothing"
    PASS = "pass"  # noqa: S105 - the field's word
    """A valid pass: they are inside."""
    WAITING = "waiting"
    """A ticket whose turn has not come."""
    CALLED = "called"
    """A ticket whose turn has come."""


@dataclass(frozen=True, slots=True)
class Imagined:
    """A request. ``url`` is an address of the shop, or a path with ``host`` beside it."""

    url: str
    method: str = "GET"
    host: str = ""
    fields: Sequence[tuple[str, str]] = PAGE
    address: str = "203.0.113.1"
    """The peer of the connection: the visitor, or a proxy that tells in ``X-Forwarded-For`` whose request it is."""
    holds: Holds = Holds.NOTHING
    crawler: str = ""
    """The search engine of which the address shall be taken to be: no question is sent to DNS."""
    is_websocket: bool = False

    def request(self, trusted: TrustedProxies) -> Request:
        """As the gate sees it. Raises :class:`~waitroom.errors.SettingsError` for what no client could send."""
        scheme, host, target = self._address()
        path, mark, query = target.partition("?")
        scope: dict[str, object] = {
            "type": "http",
            "method": self._checked_method(),
            "scheme": scheme,
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "waitroom.target": (path + mark + query).encode("ascii"),
            "headers": [(b"host", host.encode("latin-1")), *self._checked_fields()],
            "client": (self._checked_address(), 1),
            "extensions": {TUNNEL: {}} if self.is_websocket else {},
        }
        return Request(scope, _nothing, _nobody, trusted, Counters())

    def _address(self) -> tuple[str, str, str]:
        """Scheme, host, and the target as it would be sent."""
        given = self.url.strip()
        if len(given) > LONGEST or any(ord(character) < 0x20 or character == "\x7f" for character in given):
            raise SettingsError(f"url: must be at most {LONGEST} characters long, without control characters")
        scheme, host = "http", self.host.strip()
        if not given.startswith("/"):
            try:
                url = urlsplit(given)
                hostname = url.hostname
            except ValueError:
                hostname = None
            if not hostname or url.scheme not in ("http", "https", "ws", "wss"):
                raise SettingsError(
                    f'url: given "{given[:60]}"; allowed: a path such as /drop, or an address such as '
                    "https://shop.example/drop"
                )
            scheme = "https" if url.scheme in ("https", "wss") else "http"
            host = host or url.netloc.rpartition("@")[2]
            given = given[given.index(url.netloc) + len(url.netloc) :] or "/"
            if given[0] in "?#":
                given = "/" + given
        try:
            host = host.encode("ascii").decode() if host.isascii() else host.encode("idna").decode()
        except UnicodeError:
            host = ""
        if not re.fullmatch(r"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]{1,255}", host):
            raise SettingsError(f'host: given "{self.host[:60]}"; allowed: a host name such as shop.example')
        # a browser keeps what follows a # to itself
        return scheme, host, quote(given.partition("#")[0], safe=_AS_SENT)

    def _checked_method(self) -> str:
        method = self.method.strip()
        if not re.fullmatch(r"[A-Z][A-Z-]{0,19}", method):
            raise SettingsError(f'method: given "{method[:40]}"; allowed: a method such as GET or POST')
        return method

    def _checked_fields(self) -> list[tuple[bytes, bytes]]:
        if len(self.fields) > MOST_FIELDS:
            raise SettingsError(f"headers: {len(self.fields)} were given, allowed are {MOST_FIELDS}")
        fields = []
        for name, value in self.fields:
            name, value = name.strip(), value.strip()
            if not _TOKEN.fullmatch(name):
                raise SettingsError(f'headers: "{name[:40]}" is not the name of a header field')
            if name.lower() == "host":
                raise SettingsError("headers: the host has a field of its own")
            if len(value) > LONGEST or not _VALUE.fullmatch(value):
                raise SettingsError(f"headers: the value of {name} cannot be sent")
            fields.append((name.lower().encode(), value.encode("latin-1")))
        return fields

    def _checked_address(self) -> str:
        try:
            return str(ip_address(self.address.strip()))
        except ValueError:
            raise SettingsError(
                f'address: given "{self.address[:60]}"; allowed: an IP address such as 203.0.113.1'
            ) from None


async def _nothing() -> Message:
    raise AssertionError("nobody reads the body of a request that is imagined")


async def _nobody(_: Message) -> None:
    raise AssertionError("nobody answers a request that is imagined")
