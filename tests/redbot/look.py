"""What redbot has to say of some addresses: a program for the Python of an environment that has it.

Requests come as JSON on standard input, what it noted goes as JSON to standard output.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from configparser import ConfigParser
from typing import Any

import thor
from redbot.resource import HttpResource


def flat(notes: Iterable[Any]) -> list[tuple[str, str, str]]:
    """Level, kind and summary of each note, and of the notes below it."""
    found = []
    for note in notes:
        found += [(note.level.name, type(note).__name__, note.summary), *flat(note.subnotes)]
    return found


def look(ask: Mapping[str, Any], resource: Any) -> None:
    """Have redbot begin to look at one address; it tells when it is done."""
    resource.set_request(ask["url"], ask["method"], list(ask["headers"].items()), ask["body"].encode())
    resource.check()


def opinion(resource: Any) -> dict[str, object]:
    """What it came to."""
    notes = flat(resource.response.notes)
    if resource.fetch_error is not None:
        notes.append(("BAD", "FETCH_ERROR", resource.fetch_error.desc))
    return {"status": resource.response.status_code, "notes": notes}


def main() -> None:
    """Look at all of them at once: its event loop can be run only once."""
    config = ConfigParser()
    config.read_dict({"redbot": {"enable_local_access": "True"}})
    asks = json.load(sys.stdin)
    resources = {name: HttpResource(config["redbot"]) for name in asks}
    under_way = set(asks)

    def done(name: str) -> None:
        under_way.discard(name)
        if not under_way:
            thor.stop()

    for name, resource in resources.items():
        resource.on("check_done", lambda name=name: done(name))
        look(asks[name], resource)
    thor.run()
    json.dump({name: opinion(resource) for name, resource in resources.items()}, sys.stdout)


if __name__ == "__main__":
    main()
