"""Marks of one person, and a search for them in whatever a site leaves behind."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote

from redis.asyncio import Redis

ADDRESS = "198.51.100.77"
ADDRESS_6 = "2001:db8:77::9977"
AGENT = "MarkedBrowser/77.1 (marked-agent-4242)"
MAIL = "anna.marked@shop.example"
COOKIE = "marked-cookie-4711"
FORM = "marked-form-1234"
BEARER = "marked-bearer-5678"
MEMBER = "marked-member-9012"
TEXTS = (ADDRESS, ADDRESS_6, AGENT, MAIL, COOKIE, FORM, BEARER, MEMBER)


def fields(address: str = ADDRESS) -> dict[str, str]:
    """What this person's browser sends, by way of a proxy that is believed."""
    return {
        "x-forwarded-for": address,
        "user-agent": AGENT,
        "cookie": f"shop_session={COOKIE}",
        "authorization": f"Bearer {BEARER}",
        "referer": f"https://shop.example/account?mail={MAIL}",
    }


def spellings() -> dict[bytes, str]:
    """Each mark as it is and as it might be written: escaped, in hexadecimal digits, in base 64 at any offset."""
    found: dict[bytes, str] = {}
    for text in TEXTS:
        raw = [text.encode()]
        if text in (ADDRESS, ADDRESS_6):
            raw.append(ip_address(text).packed)
            found[ip_address(text).exploded.encode()] = text
        found[quote(text, safe="").encode()] = text
        for each in raw:
            if len(each) > 4:  # four bytes by themselves are found anywhere
                found[each] = text
            found[each.hex().encode()] = text
            for offset in range(3 if len(each) > 4 else 0):
                # the first and the last letters depend on what stands around them
                letters = b64encode(b"\0" * offset + each)[4 if offset else 0 : -4]
                found[letters] = text
                found[letters.translate(bytes.maketrans(b"+/", b"-_"))] = text
    return found


def found_in(places: Mapping[str, bytes]) -> list[str]:
    """Where a mark is, and which."""
    signs = spellings()
    return [
        f"{text!r} as {sign!r} in {place}: …{content[max(0, at - 60) : at + 60]!r}…"
        for place, content in places.items()
        for sign, text in signs.items()
        if (at := content.lower().find(sign.lower())) >= 0
    ]


async def everything_in(redis: Redis) -> dict[str, bytes]:
    """All keys and all that they hold."""
    return {
        f"Redis, {bytes(key).decode()}": key + b" " + b" ".join(await _words(redis, key))
        async for key in redis.scan_iter(count=1000)
    }


# the client's replies have no types
async def _words(redis: Any, key: bytes) -> list[bytes]:
    match await redis.type(key):
        case b"hash":
            return [word for pair in (await redis.hgetall(key)).items() for word in pair]
        case b"zset":
            return list(await redis.zrange(key, 0, -1))
        case b"list":
            return list(await redis.lrange(key, 0, -1))
        case b"set":
            return list(await redis.smembers(key))
        case b"stream":
            return [word for _, pairs in await redis.xrange(key) for pair in pairs.items() for word in pair]
        case kind:
            assert kind in (b"string", b"none")
            return [await redis.get(key) or b""]


def files_in(folders: Iterable[Path]) -> dict[str, bytes]:
    """All files below some folders."""
    return {
        f"file {path.name}": path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
