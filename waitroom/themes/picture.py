"""A picture of the shop's: read once, checked, and served so that nothing in it runs."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from waitroom.errors import SettingsError

LARGEST = 65_536
"""Bytes of a file. A logo is drawn 32 pixels high."""
INLINED = 1_024
"""Bytes of a file that stands in the page itself: an address of its own would be as long a wait for little."""

_KINDS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/avif": re.compile(rb"....ftypavi[fs]", re.DOTALL),
    "image/x-icon": re.compile(rb"\x00\x00\x01\x00"),
    "image/svg+xml": re.compile(
        rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE\s+svg[^>\[]*>\s*)?<svg[\s>]",
        re.DOTALL,
    ),
}
"""By their first bytes: what a file is called says nothing."""
_ENDINGS = {"image/svg+xml": "svg", "image/jpeg": "jpg", "image/x-icon": "ico"}

IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Sent with each image. A drawing (SVG) can hold scripts; in ``<img>`` none of them runs in any browser, and by this
none does where somebody opens the address of the image itself. It loads nothing either."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file."""

    content_type: str
    body: bytes

    @property
    def ending(self) -> str:
        """Of its name."""
        return _ENDINGS.get(self.content_type) or self.content_type.partition("/")[2]

    @property
    def data_url(self) -> str:
        """The image as an address."""
        return f"data:{self.content_type};base64,{base64.b64encode(self.body).decode()}"


def kind_of(body: bytes) -> str | None:
    """The media type of an image, by its first bytes; None: it is none that pages show."""
    return next((kind for kind, begins in _KINDS.items() if begins.match(body)), None)


def read_picture(path: Path, setting: str) -> Picture:
    """The image that a setting names. Raises :class:`~waitroom.errors.SettingsError`, with the name of the setting."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except OSError as error:
        raise SettingsError(f"{setting}: {path}: cannot be read: {error.strerror}") from None
    if len(body) > LARGEST:
        raise SettingsError(
            f"{setting}: {path}: must be at most {LARGEST // 1024} KiB; it is fetched by everybody who waits"
        )
    kind = kind_of(body)
    if kind is None:
        raise SettingsError(f"{setting}: {path}: must be an image: SVG, PNG, JPEG, GIF, WebP, AVIF or ICO")
    return Picture(kind, body)
