"""A page that comes from Cloudflare's waiting rooms, as it is: HTML with Mustache tags, rendered for each who waits.

Its inline scripts and styles are let in by their hashes, those that hold a variable by the hash of what was sent; what
it loads from elsewhere, by the names of the hosts that stand in it. Nothing else is.
Sources: Cloudflare, "Customize a waiting room"; Content Security Policy Level 3, section 8.3 (``unsafe-hashes``).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from html import unescape
from pathlib import Path

import pystache
from pystache.parser import ParsingError

from waitroom.errors import SettingsError
from waitroom.gate.whole_page import Page
from waitroom.moved.inner import Inner, Kind, inner_of
from waitroom.moved.outer import outer_of

LARGEST = 1_048_576
"""Bytes: as many as Cloudflare allows."""
Values = Mapping[str, str | int | bool]

_BEGIN, _END = "\ue000", "\ue001"
"""Stand around what is hashed when it is known. No page has them."""
_LETTERS: Mapping[Kind, str] = {"script": "s", "handler": "h", "style": "e", "attribute": "a"}
_MARKED = re.compile(f"{_BEGIN}([shea])([^{_END}]*){_END}")
_TAG = re.compile(r"\{\{\{?\s*(?P<kind>[#^/&>=!]?)\s*(?P<name>[^\s}=]*)")


class _Mustache(pystache.Renderer):  # type: ignore[misc] # it has no types
    def str_coerce(self, val: object) -> str:
        """Truth as JavaScript writes it: Cloudflare's own page has ``var waitTimeKnown = {{waitTimeKnown}};``."""
        return str(val).lower() if isinstance(val, bool) else str(val)


class MovedPage:
    """The page of a file.

    Args:
        path: the file.
        hosts: which hosts it may reach besides those that stand in it.
        known: the variables that there are.
        setting: what names the file, for errors.

    Raises :class:`~waitroom.errors.SettingsError` where it cannot be shown, with the file and the line.
    """

    def __init__(self, path: Path, hosts: Sequence[str], known: Collection[str], setting: str) -> None:
        text = _read(path, setting)
        for fault in _faults(text, known):
            raise SettingsError(f"{setting}: {path}:{fault}")
        self._outer = outer_of(text, hosts)
        try:
            self._template = pystache.parse(_marked(text, inner_of(text)), raise_on_mismatch=True)
        except ParsingError as error:
            raise SettingsError(f"{setting}: {path}: {error}") from None
        self._mustache = _Mustache(partials={}, missing_tags="ignore")
        self._known: dict[tuple[str, str], str] = {}
        for letter, inner in _MARKED.findall(_marked(text, inner_of(text))):
            if "{{" not in inner:
                self._known[letter, inner] = _source(letter, inner)

    def made(self, values: Values) -> Page:
        """The page with these values, and the policy that it is sent with. In English as far as it says nothing else:
        Cloudflare's words for times are."""
        text: str = self._mustache.render(self._template, values)
        hashes: dict[str, dict[str, None]] = {"script-src": {}, "style-src": {}}
        is_hashed: dict[str, bool] = {"script-src": False, "style-src": False}
        for letter, inner in _MARKED.findall(text):
            directive = "script-src" if letter in "sh" else "style-src"
            source = self._known.get((letter, inner)) or _source(letter, inner)
            hashes[directive][source] = None
            is_hashed[directive] = is_hashed[directive] or letter in "ha"
        for directive, needed in is_hashed.items():
            if needed:
                hashes[directive]["'unsafe-hashes'"] = None
        policy = self._policy(hashes)
        body = _MARKED.sub(r"\2", text).encode()
        return Page(body, ((b"content-security-policy", policy.encode()),))

    def _policy(self, hashes: Mapping[str, Iterable[str]]) -> str:
        own = {"img-src": ("data:",), "font-src": ("data:",)}
        parts = ["default-src 'none'"]
        for name, origins in self._outer.items():
            sources = ["'self'", *own.get(name, ()), *hashes.get(name, ()), *origins]
            parts.append(f"{name} {' '.join(sources)}")
        return "; ".join([*parts, "form-action 'self'", "base-uri 'none'", "frame-ancestors 'self'"])


def _read(path: Path, setting: str) -> str:
    try:
        body = path.read_bytes()
        text = body.decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{setting}: {path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{setting}: {path}:{line}: is not UTF-8 text") from None
    if len(body) > LARGEST:
        raise SettingsError(f"{setting}: {path}: must be at most {LARGEST:,} bytes")
    # browsers hash what they have parsed, where a line ends in one way only
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _faults(text: str, known: Collection[str]) -> Iterable[str]:
    for mark in (_BEGIN, _END):
        if mark in text:
            yield f"{_line(text, text.index(mark))}: must not have the character U+{ord(mark):04X}"
    for found in _TAG.finditer(text):
        kind, name = found["kind"], found["name"]
        if kind == ">":
            yield f"{_line(text, found.start())}: {{{{> {name}}}}}: there are no partials"
        elif kind == "=":
            yield f"{_line(text, found.start())}: the delimiters cannot be changed"
        elif kind != "!" and name not in known:
            named = f"{_line(text, found.start())}: {{{{{kind}{name}}}}} is no variable"
            yield f"{named}; there are {', '.join(sorted(known))}"


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _marked(text: str, found: Sequence[Inner]) -> str:
    pieces, at = [], 0
    for each in found:
        pieces += [text[at : each.start], _BEGIN, _LETTERS[each.kind], text[each.start : each.end], _END]
        at = each.end
    return "".join([*pieces, text[at:]])


def _source(letter: str, inner: str) -> str:
    """What a policy names it by: an attribute as the browser has understood it."""
    text = unescape(inner) if letter in "ha" else inner
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
