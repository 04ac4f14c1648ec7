"""Open files and ports: what one process of visitors needs of the system, and what is said where it has not enough."""

from __future__ import annotations

import errno
import resource
from ipaddress import ip_address
from pathlib import Path

SPARE_FILES = 64
"""What the process itself keeps open beside its visitors' connections."""
_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")


class TooFewFilesError(Exception):
    """More visitors were wanted than the process may have files open."""


class TooFewPortsError(Exception):
    """More connections were wanted from one address than it has ports."""


def allow_open_files() -> int:
    """Raises the limit of open files as far as the system lets this process, and returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def check_open_files(visitors: int) -> None:
    """Whether a process may hold so many visitors.

    Raises:
        TooFewFilesError: it may not; the text says what to do.
    """
    most = allow_open_files()
    if most != resource.RLIM_INFINITY and visitors + SPARE_FILES > most:
        raise TooFewFilesError(
            f"{visitors:,} visitors need as many open files, and this process may have {most:,}: raise the limit "
            f"(ulimit -Hn {visitors + SPARE_FILES}, or LimitNOFILE=), or spread them over more workers (--processes "
            f"{visitors // max(most - SPARE_FILES, 1) + 1})"
        )


def ports_of_an_address() -> int:
    """How many connections to one server the system allows from one address."""
    try:
        first, last = _PORTS.read_text().split()
    except OSError:
        return 16_384  # what IANA sets aside, RFC 6335 section 6
    return int(last) - int(first) + 1


def explained(error: OSError, source: str) -> Exception:
    """The error of a connection that could not be opened, as one that says what to do where that is known."""
    match error.errno:
        case errno.EMFILE | errno.ENFILE:
            return TooFewFilesError(
                "no more files can be opened (ulimit -n): raise the limit, or use more workers (--processes)"
            )
        case errno.EADDRNOTAVAIL if not source:
            return TooFewPortsError(
                f"this address has no port left ({ports_of_an_address():,} to one server): name several with --sources"
            )
        case errno.EADDRNOTAVAIL:
            return TooFewPortsError(
                f"{source} has no port left, or is no address of this machine: name others with --sources"
            )
        case _:
            return error


def sources(text: str) -> list[str]:
    """The addresses that ``--sources`` names: apart by commas, or the first and the last of a row.

    Raises:
        ValueError: one is no address.
    """
    found = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        first, _, last = part.partition("-")
        low, high = ip_address(first), ip_address(last or first)
        found += [str(low + step) for step in range(int(high) - int(low) + 1)]
    return found
