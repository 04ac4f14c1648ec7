"""``python -m loadtests.side_by_side.rooms NAME OPTIONS``: serves a plain room with these options, in JSON."""

from __future__ import annotations

import json
import os
import signal
import sys

import uvicorn

from loadtests.side_by_side.rooms.options import Options
from loadtests.side_by_side.rooms.serving_counter import ServingCounter
from loadtests.side_by_side.rooms.sorted_set import SortedSet
from loadtests.side_by_side.rooms.web import Application
from waitroom.serving.listen import address_of, listen

ROOMS = {"sorted_set": SortedSet, "serving_counter": ServingCounter}


def main(name: str, text: str) -> None:
    """Prints the address once it listens. All workers share the socket; the first one alone admits."""
    options = Options(**json.loads(text))
    listener = listen("127.0.0.1", 0)
    print(address_of(listener), flush=True)
    others: list[int] = []
    for _ in range(options.workers - 1):
        if child := os.fork():
            others.append(child)
        else:
            others.clear()
            break
    first = len(others) == options.workers - 1
    application = Application(ROOMS[name](options), admits=first)
    config = uvicorn.Config(
        application, http="httptools", loop="uvloop", access_log=False, log_level="warning", lifespan="on"
    )
    # uvicorn raises the signal once more when it has ended: this process would end before the others are told
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        uvicorn.Server(config).run([listener])
    finally:
        for child in others:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
