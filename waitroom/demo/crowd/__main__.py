"""``python -m waitroom.demo.crowd``: the crowd as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal

from waitroom.demo.crowd.crowd import CrowdSettings, run_crowd
from waitroom.demo.crowd.shopper import Habits
from waitroom.demo.crowd.tally import Tally

_log = logging.getLogger("waitroom.demo.crowd")


def main() -> None:
    """Runs until all have left, or SIGTERM or SIGINT; both end it at once and count as success."""
    settings, quiet = _options()
    logging.basicConfig(level=logging.WARNING if quiet else logging.INFO, format="%(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    asyncio.run(_until_told(settings))


async def _until_told(settings: CrowdSettings) -> None:
    tally = Tally()
    crowd = asyncio.create_task(run_crowd(settings, tally))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, crowd.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await crowd
    _log.info("%s", tally)


def _options() -> tuple[CrowdSettings, bool]:
    parser = argparse.ArgumentParser(
        prog="python -m waitroom.demo.crowd", description="A simulated crowd of shoppers."
    )
    parser.add_argument("--gateway", default="http://127.0.0.1:8000", help="the address of the waiting room")
    parser.add_argument("--visitors", type=int, default=200, help="how many at once (default 200)")
    parser.add_argument("--path", default="/", help="where they arrive (default /)")
    parser.add_argument(
        "--arrive-within",
        type=float,
        default=3.0,
        metavar="SECONDS",
        help="all arrive in this time (default 3)",
    )
    parser.add_argument(
        "--think", type=float, default=2.0, metavar="SECONDS", help="mean pause before a page"
    )
    parser.add_argument("--keep-line", action="store_true", help="someone new arrives for each who left")
    parser.add_argument("--seed", type=int, help="behave as in the last run with this seed")
    parser.add_argument("--quiet", action="store_true", help="say nothing at the end")
    options = parser.parse_args()
    settings = CrowdSettings(
        gateway=options.gateway,
        visitors=options.visitors,
        arrive_within_seconds=options.arrive_within,
        keep_line=options.keep_line,
        habits=Habits(path=options.path, think_seconds=options.think),
        seed=options.seed,
    )
    return settings, options.quiet


if __name__ == "__main__":
    main()
