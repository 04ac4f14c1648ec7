"""What a command is given to read: a file, standard input, or an address."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx

from waitroom.errors import WaitroomError

FETCH_TIMEOUT_SECONDS = 10.0


def read_source(source: str, most_bytes: int, *, nothing: str = "there is nothing at this address") -> bytes:
    """What ``source`` holds: a file, ``-`` or an http(s) address. A little more than ``most_bytes`` where it is longer.

    ``nothing`` is said of an address that is not found. Raises :class:`WaitroomError`.
    """
    if source == "-":
        return sys.stdin.buffer.read(most_bytes + 1)
    if source.startswith(("http://", "https://")):
        return _fetch(source, most_bytes, nothing)
    try:
        with Path(source).open("rb") as file:
            return file.read(most_bytes + 1)
    except OSError as error:
        raise WaitroomError(f"{source}: {error.strerror}") from error


def _fetch(url: str, most_bytes: int, nothing: str) -> bytes:
    body = b""
    try:
        with httpx.stream(
            "GET",
            url,
            headers={"accept": "application/json"},
            follow_redirects=True,
            timeout=FETCH_TIMEOUT_SECONDS,
        ) as answer:
            if answer.status_code == 404:
                raise WaitroomError(f"{url}: {nothing}")
            if answer.status_code != 200:
                raise WaitroomError(f"{url}: the answer is {answer.status_code} {answer.reason_phrase}")
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > most_bytes:
                    break
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise WaitroomError(f"{url}: {error}") from error
    return body
