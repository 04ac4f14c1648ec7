"""What a page of HTML loads from elsewhere: the hosts that stand in it, by the directive that lets each in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

DIRECTIVES = ("script-src", "style-src", "img-src", "font-src", "media-src", "frame-src", "connect-src")
_BY_ATTRIBUTE = {
    ("script", "src"): ("script-src",),
    ("img", "src"): ("img-src",),
    ("img", "srcset"): ("img-src",),
    ("source", "srcset"): ("img-src",),
    ("source", "src"): ("media-src",),
    ("video", "src"): ("media-src",),
    ("video", "poster"): ("img-src",),
    ("audio", "src"): ("media-src",),
    ("iframe", "src"): ("frame-src",),
    ("body", "background"): ("img-src",),
    # a style sheet of one host brings its fonts and images from there
    ("link", "href"): ("style-src", "img-src", "font-src"),
}
_IN_STYLE = re.compile(r"url\(\s*[\"']?([^\"')\s]+)|@import\s+[\"']([^\"']+)", re.IGNORECASE)


def outer_of(page: str, hosts: Iterable[str] = ()) -> Mapping[str, list[str]]:
    """The origins that each directive lets in; ``hosts`` are let in by all."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    for found in _IN_STYLE.finditer(page):
        for directive in ("style-src", "img-src", "font-src"):
            reader.add(directive, found[1] or found[2])
    everywhere = [f"https://{host}" for host in hosts]
    return {name: list(dict.fromkeys([*reader.found.get(name, {}), *everywhere])) for name in DIRECTIVES}


def origin_of(address: str) -> str | None:
    """The origin of an address; None: it is on the page's own."""
    try:
        url = urlsplit(unescape(address).strip())
        port = f":{url.port}" if url.port else ""
    except ValueError:
        return None
    if not url.hostname or "{" in url.netloc or url.scheme not in ("", "http", "https"):
        return None
    # without a scheme it is that of the page, in a policy as in an address
    return f"{url.scheme}://{url.hostname}{port}" if url.scheme else f"{url.hostname}{port}"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, dict[str, None]] = {}

    def add(self, directive: str, address: str) -> None:
        if origin := origin_of(address):
            self.found.setdefault(directive, {})[origin] = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            for directive in _BY_ATTRIBUTE.get((tag, name), ()):
                each = (value or "").split(",") if name == "srcset" else (value or "",)
                for address in each:
                    self.add(directive, address.strip().partition(" ")[0])
