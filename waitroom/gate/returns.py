"""Forms of other sites: a shopper who comes back from a bank by POST is still inside.

A browser leaves cookies that are ``SameSite=Lax`` behind when another site's page sends a form, the pass among them
(RFC 6265bis section 5.2). So the visitor's own browser is handed the request as a sealed letter, in a page that sends
it to the same address at once. From our own page it comes with the pass; the letter is opened, and the shop gets the
request as the other site had sent it: method, address, body, ``Origin``, ``Referer``, and those cookies alone that came
along then. That matters: if the shop's own cookies came too, any site could act in a shopper's name by way of us.

The gateway keeps nothing, and no byte of the form goes through HTML. See docs/adr/0014-who-never-queues.md.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from waitroom.gate.answers import Header
from waitroom.gate.bodies import Bodies, replay
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request

FIELD = "waitroom_return"
"""The one field of the page's form."""
MOST_BYTES = 65_536
"""Of a form that is handed back. What banks send has some kilobytes."""
OPEN_SECONDS = 3600
"""For how long a letter can be opened: without a script, somebody has to press the button."""

_START = FIELD.encode() + b"="
# signed and in base 64, of a body in base 64
_MOST_SEALED = MOST_BYTES * 2 + 16_384
_RESTORED = (b"content-type", b"origin", b"referer", b"sec-fetch-site", b"sec-fetch-user", b"sec-fetch-dest")
_ABOUT_BODY = frozenset((b"content-length", b"transfer-encoding", b"cookie"))
_OURS = b"waitroom_"


class Returns:
    """Seals forms of other sites, and opens them again, in one room. ``secrets`` come newest first."""

    def __init__(self, room: str, secrets: Sequence[str], bodies: Bodies) -> None:
        self._room = room
        self._bodies = bodies
        self._letters = URLSafeTimedSerializer(
            list(reversed(secrets)),
            salt="waitroom.return",
            signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
        )

    async def seal(self, request: Request) -> str | None:
        """The request as a letter; None where it cannot be one: not a form, too large, or not what a browser sends."""
        scope = request.scope
        headers: Sequence[Header] = scope["headers"]
        found = {name: value for name, value in headers if name in _RESTORED}
        # another site that has our own address is a tale: opened, the letter would tell it to the shop
        of_us = _host_of(found.get(b"origin", b"")) in _hosts(request)
        if scope["method"] != "POST" or of_us:
            return None
        body = await self._bodies.read(request, MOST_BYTES)
        if body is None:
            return None
        letter = {
            "to": [self._room, request.target],
            "fields": {name.decode(): value.decode("latin-1") for name, value in found.items()},
            "cookies": [name.decode("latin-1") for name, _ in _cookies(headers)],
            "body": b64encode(body).decode(),
        }
        sealed = self._letters.dumps(letter)
        return sealed if isinstance(sealed, str) else sealed.decode()

    def may_be(self, request: Request) -> bool:
        """Whether a request may be a letter: a form of our own page, of the kind that hardly any other is.

        Opened for another site's page, a letter would take away what the browser says of that site. So the browser
        must say that the page is ours, where it has no Fetch Metadata (as over plain HTTP) by ``Origin``. Browsers
        that send neither know of no ``SameSite`` either, and need no letter.
        """
        return is_from_here(request, b"text/plain")

    async def open(self, request: Request) -> bool:
        """Makes the request what was sealed, where it is a letter of ours; leaves it alone where it is not.

        False where it is one that does not count any more, or not here: it would mean nothing to the shop.
        """
        body = await self._bodies.read(request, _MOST_SEALED, start=_START)
        if body is None:
            return True
        try:
            letter = self._letters.loads(body[len(_START) :].strip(), max_age=OPEN_SECONDS)
        except SignatureExpired:
            return False
        except BadData:
            return True
        if letter["to"] != [self._room, request.target]:
            return False
        original = b64decode(letter["body"])
        headers: Sequence[Header] = request.scope["headers"]
        kept = [header for header in headers if header[0] not in _RESTORED and header[0] not in _ABOUT_BODY]
        kept += [(name.encode(), value.encode("latin-1")) for name, value in letter["fields"].items()]
        came = {name.encode("latin-1") for name in letter["cookies"]}
        if jar := b"; ".join(p for name, p in _cookies(headers) if name in came or name.startswith(_OURS)):
            kept.append((b"cookie", jar))
        kept.append((b"content-length", b"%d" % len(original)))
        request.scope = {**request.scope, "headers": kept}
        request.receive = replay(original, request.receive)
        request.counts_as = Kind.NAVIGATION
        return True


def is_from_here(request: Request, *content_types: bytes) -> bool:
    """Whether a page of this very origin sends a form with a body of one of these kinds, as far as the browser says: by
    Fetch Metadata, where it has none (as over plain HTTP) by ``Origin``."""
    scope = request.scope
    if scope["method"] != "POST":
        return False
    kind = site = origin = b""
    has_body = False
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value
        elif name == b"sec-fetch-site":
            site = value
        elif name == b"origin":
            origin = value
        elif name in (b"content-length", b"transfer-encoding"):
            has_body = True
    if not has_body or kind.partition(b";")[0].strip().lower() not in content_types:
        return False
    return site == b"same-origin" if site else _host_of(origin) in _hosts(request)


def _cookies(headers: Sequence[Header]) -> list[tuple[bytes, bytes]]:
    """Names and pairs."""
    jars = (value for name, value in headers if name == b"cookie")
    pairs = [pair.strip() for jar in jars for pair in jar.split(b";")]
    return [(pair.partition(b"=")[0].strip(), pair) for pair in pairs if pair]


def _host_of(origin: bytes) -> bytes:
    return origin.partition(b"://")[2].lower()


def _hosts(request: Request) -> set[bytes]:
    return {request.visitor.asked.lower(), request.visitor.host.lower()}
