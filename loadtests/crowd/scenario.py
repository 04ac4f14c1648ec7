"""What makes a Locust file a scenario: its options and defaults, its journal, and the verdict at the end."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping
from types import MappingProxyType

from locust import events

from loadtests.crowd import thresholds
from loadtests.crowd.court import Court
from loadtests.crowd.files import allow_open_files

AddOptions = Callable[[ArgumentParser], None]


def scenario(
    text: str | None,
    *,
    users: int,
    spawn_rate: float,
    run_time: str,
    limits: Mapping[str, float | None] = MappingProxyType({}),
    options: AddOptions | None = None,
) -> None:
    """Makes the Locust file that calls this a scenario.

    Its defaults of ``--users``, ``--spawn-rate`` and ``--run-time``; ``limits`` by the keys of
    :data:`loadtests.crowd.thresholds.ALL` where they are not the usual ones; ``options`` adds its own.
    """
    unknown = set(limits) - {each.key for each in thresholds.ALL}
    if unknown:
        raise ValueError(f"no such threshold: {', '.join(sorted(unknown))}")

    @events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
    def add(parser: ArgumentParser) -> None:
        parser.description = text
        parser.set_defaults(num_users=users, spawn_rate=spawn_rate, run_time=run_time)
        common = parser.add_argument_group("Shoppers")
        add_common(common.add_argument)
        if options is not None:
            options(parser)
        group = parser.add_argument_group(
            "Thresholds", 'What fails the run (exit code 1). "off": it is only told. Also as LOCUST_FAIL_…'
        )
        for each in thresholds.ALL:
            limit = limits.get(each.key, each.limit)
            group.add_argument(
                each.option,
                type=_limit,
                default="off" if limit is None else f"{limit:g}",
                metavar=each.unit.replace("%", "PERCENT").upper() or "N",
                env_var=f"LOCUST_FAIL_{each.key.upper()}",
                help=f"{each.text}; {'at least' if each.at_least else 'at most'}, "
                f"unless told {'off' if limit is None else f'{limit:g} {each.unit}'.strip()}".replace(
                    "%", "%%"
                ),
            )
        group.add_argument(
            "--verdict", metavar="FILE", default="", help="also write the figures there, as JSON"
        )

    Court().attend()
    allow_open_files()


def add_common(add: Callable[..., object]) -> None:
    """The options that every scenario has."""
    add("--path", default="/", help="where shoppers arrive, with %(default)s unless told")
    add(
        "--pages",
        default="",
        help="what those inside open, paths apart by commas; left out: the pieces of the demo shop, else --path again",
    )
    add("--think", type=_seconds, default=2.0, help="mean seconds before the next page (default %(default)s)")
    add(
        "--buy-chance",
        type=_share,
        default=0.5,
        help="who buys at the demo shop, 0 to 1 (default %(default)s)",
    )
    add(
        "--room",
        default="",
        help="the room's name; left out: it is read off the first answer that holds somebody",
    )


def _limit(text: str) -> float | None:
    try:
        return thresholds.option_limit(text)
    except ValueError:
        raise ArgumentTypeError(f'{text!r} is no number and not "off"') from None


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 86_400:
        raise ArgumentTypeError(f"{text} is not from 0 to 86400 seconds")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ArgumentTypeError(f"{text} is not from 0 to 1")
    return value
