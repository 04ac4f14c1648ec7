"""All that is kept, and who receives it: worked out of the settings as they are."""

from __future__ import annotations

from collections.abc import Iterator

from waitroom.feedback.question import Where as Asked
from waitroom.gate.cookies import MAX_AGE_SECONDS, pass_cookie, ticket_cookie
from waitroom.line.rules import Rules
from waitroom.privacy import in_redis
from waitroom.privacy.holding import About, Holding, Where
from waitroom.settings import RoomSettings, Settings, format_duration
from waitroom.settings.privacy import LoggedAddress

_ADDRESS = {
    LoggedAddress.OFF: "and no address",
    LoggedAddress.NETWORK: "and the network (not the address) that it came from",
    LoggedAddress.HASH: "and the address that it came from as a keyed hash, another one each day",
}


def inventory(settings: Settings, room: RoomSettings, rules: Rules) -> tuple[Holding, ...]:
    """All holdings of a room and of the site around it; ``rules`` are the room's live ones."""
    return (
        *_in_browser(room, rules),
        *in_redis.of_room(settings, room, rules),
        *in_redis.of_site(settings),
        *_in_logs(settings),
        *_in_console(settings),
        *_at_shop(),
        *_with_post(room),
    )


def _in_browser(room: RoomSettings, rules: Rules) -> Iterator[Holding]:
    day, session = format_duration(MAX_AGE_SECONDS), format_duration(rules.session_ms / 1000)
    yield Holding(
        Where.BROWSER, ticket_cookie(room.name).decode(),
        "cookie: the place in line (lane, number, when it was given), signed; beside it a chosen language, an "
        "invitation, a challenge, the place of before, or the key of a kept form",
        "without it there is no place", About.PLACE, day,
    )  # fmt: skip
    feedback = room.feedback
    asks = feedback.kind is not None and Asked.INSIDE in feedback.where
    waited = ", and how long the wait was, to within some minutes" if asks else ""
    yield Holding(
        Where.BROWSER, pass_cookie(room.name).decode(), f"cookie: the same, as proof of having been let in{waited}",
        "without it nobody stays inside", About.PLACE, f"{day}; it counts for {session} after the last request",
    )  # fmt: skip
    yield Holding(
        Where.BROWSER, f"waitroom:{room.name}:*",
        "storage of the tab: the first and the lowest position that were shown, how often the page went in and whether "
        "it held the door, and whether the turn is told by a notification or a sound",
        "so that the bar never goes back, and a reload asks nothing twice", About.PLACE, "until the tab is closed",
    )  # fmt: skip
    yield Holding(
        Where.BROWSER, "waitroom:pace", "storage: how often the place is said, where somebody has chosen it",
        "so that it is chosen once", About.NOBODY, "until the visitor removes it",
    )  # fmt: skip
    if room.events:
        yield Holding(
            Where.BROWSER, "waitroom:draw:*", "storage: the commitment of a draw, as it was shown first",
            "so that the visitor can check the draw", About.NOBODY, "until the visitor removes it",
        )  # fmt: skip


def _in_logs(settings: Settings) -> Iterator[Holding]:
    yield Holding(
        Where.LOGS, "standard error",
        f"of requests that failed: method and path without the query, what went wrong, "
        f"{_ADDRESS[settings.privacy.log_address]}. Of others nothing",
        "to find out what is wrong", About.ADDRESS, "as long as those who run the gateway keep their logs",
    )  # fmt: skip
    if settings.tracing.endpoint:
        yield Holding(
            Where.TRACES, settings.tracing.endpoint,
            f"of one request in {round(1 / settings.tracing.sample) if settings.tracing.sample else 'none'}: method, "
            "path without the query, host, status, how long it took",
            "to find out what is slow", About.NOBODY, "as long as the collector keeps them",
        )  # fmt: skip


def _in_console(settings: Settings) -> Iterator[Holding]:
    if not settings.console:
        return
    audit, keep = format_duration(settings.sign_in.audit_keep), format_duration(settings.privacy.console_keep)
    for name, what, keeping, about in (
        ("audit", "what staff did, who, why, when and from which network; of a place its support code", audit,
         About.STAFF),
        ("users, recovery_codes, links", "staff: names, roles, hashes of passwords and codes", "until removed",
         About.STAFF),
        ("sessions", "who of the staff is signed in, with what browser and from which network",
         format_duration(settings.sign_in.longest), About.STAFF),
        ("tokens", "hashes of tokens for programs, who made them", "until the file is removed", About.STAFF),
        ("approvals", "what waited for a second person, who asked and decided", f"90d, at most {keep}", About.STAFF),
        ("batches", "which invitations were minted by whom: counts, no members", keep, About.STAFF),
        ("idempotency", "answers to programs of the shop's, to give them again", "1d", About.STAFF),
        ("feedback_told", "up to which hour answers were sent on", "until the file is removed", About.NOBODY),
        ("history", "counts a second, a minute, an hour", "7d", About.NOBODY),
        ("alert_deliveries, alert_log, alert_channels, alert_cursors, alert_standings, alert_site",
         "what staff was told, and whether it arrived", keep, About.STAFF),
    ):  # fmt: skip
        yield Holding(Where.CONSOLE, name, what, "to run the room, and to answer for it", about, keeping)


def _with_post(room: RoomSettings) -> Iterator[Holding]:
    if room.reminders.channels:
        yield Holding(
            Where.POST, ", ".join(room.reminders.channels),
            "the address or number that somebody has given, and that the turn comes",
            "to tell who asked for it", About.CONTACT, "as the provider says that the shop has chosen",
        )  # fmt: skip


def _at_shop() -> Iterator[Holding]:
    yield Holding(
        Where.SHOP, "Waitroom-Room, Waitroom-Visitor",
        "with each request of somebody inside: the room and the number of the place. The request itself and the "
        "visitor's address go to the shop as they would without a waiting room; the two cookies do not",
        "so that the shop can tell visits apart", About.PLACE, "as the shop says",
    )  # fmt: skip
