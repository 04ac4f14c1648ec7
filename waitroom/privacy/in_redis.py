"""What Redis holds of a room, and of the site: every key there is, by name."""

from __future__ import annotations

from collections.abc import Iterator

from waitroom.feedback.ledger import BITS_SECONDS, LINE_SECONDS
from waitroom.gate.challenges import EARLY_MS, LIFE_MS
from waitroom.gate.webhooks import MARGIN_SECONDS
from waitroom.invitations.ledger import LONGEST_SECONDS, REMEMBERED_SECONDS, TRIES_SECONDS
from waitroom.line.keys import SEEN_SLOTS, VERSION, WORKERS_KEY
from waitroom.line.rules import Rules
from waitroom.privacy.holding import About, Holding, Where
from waitroom.record.entries import LOG_LENGTH
from waitroom.record.live import SILENT_SECONDS
from waitroom.reminders.sender import LEASE_SECONDS
from waitroom.settings import RoomSettings, Settings, format_duration
from waitroom.shaping.addresses import PERIOD_MS
from waitroom.shaping.challenge import wait_seconds
from waitroom.telemetry.telling import TOLD_SECONDS

UNTIL_RESET = "until the line begins anew"
_WHILE_ROOM = "as long as the room"
_ORDER = "to keep the line in order"
_ABUSE = "so that nobody takes many places"
_RUN = "to run the room"
_ADAPTIVE_TOLD_SECONDS = 60.0
"""``FORGOTTEN`` in ``shaping/scripts/tell.lua``."""
_REDEEMED_AFTER_SECONDS = 86_400.0
"""``FORGOTTEN_AFTER`` in ``line/scripts/redeem.lua``."""


def of_site(settings: Settings) -> Iterator[Holding]:
    """What belongs to no room."""
    yield _redis(
        WORKERS_KEY, "the workers that run", _RUN, About.NOBODY,
        f"{format_duration(TOLD_SECONDS)} after the last of them", TOLD_SECONDS,
    )  # fmt: skip
    for webhook in settings.webhooks:
        # a signature's time may be wrong by the tolerance in both directions
        seconds = max(webhook.remember, 2 * webhook.tolerance + MARGIN_SECONDS)
        yield _redis(
            f"waitroom:{VERSION}:{{webhook:{webhook.name}}}:*",
            "digests of the signatures of messages that were delivered",
            "so that none is delivered twice",
            About.NOBODY,
            f"at most {format_duration(seconds)}",
            seconds,
        )


def of_room(settings: Settings, room: RoomSettings, rules: Rules) -> Iterator[Holding]:
    """What belongs to a room, as its live ``rules`` are."""
    start = f"waitroom:{VERSION}:{{{room.name}}}:"
    for holding in (
        *_of_room(settings, rules), *_of_lanes(room, rules), *_of_guard(rules), *_of_codes(room), *_of_forms(room),
        *_of_feedback(room), *_of_reminders(room),
        *_of_invitations(room),
    ):  # fmt: skip
        yield Holding(
            Where.REDIS, start + holding.name, holding.what, holding.purpose, holding.about, holding.keeping,
            holding.key_seconds,
        )  # fmt: skip


def _of_room(settings: Settings, rules: Rules) -> Iterator[Holding]:
    session, entry = _of_ms(rules.session_ms), _of_ms(rules.entry_ms)
    keep = format_duration(settings.privacy.record_keep)
    yield _redis("room", "counters, clocks and the event of the line", _RUN, About.NOBODY, _WHILE_ROOM)
    yield _redis("rules", "the live settings", _RUN, About.NOBODY, _WHILE_ROOM)
    yield _redis(
        "sessions", "who is inside, by the number of the place", "to keep within the room's capacity",
        About.PLACE, f"{session} after the visitor's last request",
    )  # fmt: skip
    yield _redis(
        "granted", "whose turn it is, by the number of the place", _ORDER, About.PLACE, f"{entry} at most"
    )
    yield _redis(
        "ended", "visits that have ended, by the number of the place", "so that a pass is not used again",
        About.PLACE, f"until twice {session} later another one ends",
    )  # fmt: skip
    yield _redis(
        "log", "the record: turns, openings, changes with who made them and why, and what the support desk did to "
        "single places by their number", "so that anyone can check that it was fair", About.PLACE,
        f"{keep} at most, and no more than {LOG_LENGTH} entries",
    )  # fmt: skip
    yield _redis("plan", "what the schedule will do", _RUN, About.NOBODY, "until it is done")
    yield _redis("desk", "which places the support desk helped", _ORDER, About.PLACE, UNTIL_RESET)
    yield _redis(
        "followed", "which place came in place of another", "for the support desk", About.PLACE, UNTIL_RESET
    )
    yield _redis("hands", "which places went to another device, and when", _ORDER, About.PLACE, UNTIL_RESET)
    yield _redis("totals", "what was counted", "for the charts", About.NOBODY, _WHILE_ROOM)
    yield _redis(
        "totals:*", "how far a worker has told its counts", "for the charts", About.NOBODY,
        format_duration(TOLD_SECONDS), TOLD_SECONDS,
    )  # fmt: skip
    yield _redis(
        "fairness", "how long visitors waited and in what order they came in, as sums", "for the charts",
        About.NOBODY, format_duration(SILENT_SECONDS), SILENT_SECONDS,
    )  # fmt: skip
    yield _redis("adaptive", "how fast the shop answers", _RUN, About.NOBODY, _WHILE_ROOM)
    yield _redis(
        "adaptive:told", "the same, since the last look", _RUN, About.NOBODY,
        format_duration(_ADAPTIVE_TOLD_SECONDS), _ADAPTIVE_TOLD_SECONDS,
    )  # fmt: skip


def _of_lanes(room: RoomSettings, rules: Rules) -> Iterator[Holding]:
    presence, keep = _of_ms(rules.presence_ms), _of_ms(rules.keep_ms)
    bits = "one bit for each place"
    for name in room.lane_names:
        lane = f"lane:{name}"
        yield _redis(lane, "counters of the lane", _RUN, About.NOBODY, _WHILE_ROOM)
        yield _redis(
            f"{lane}:calls", "how far was called, and when", _ORDER, About.NOBODY, f"{keep}, or one entry"
        )
        yield _redis(f"{lane}:used", f"{bits}: whether it was used", _ORDER, About.PLACE, UNTIL_RESET)
        yield _redis(f"{lane}:left", f"{bits}: whether it was given up", _ORDER, About.PLACE, UNTIL_RESET)
        yield _redis(
            f"{lane}:lapsed", f"{bits}: whether its turn was not taken", _ORDER, About.PLACE, UNTIL_RESET
        )
        for slot in range(SEEN_SLOTS):
            yield _redis(
                f"{lane}:seen:{slot}", f"{bits}: whether its holder was there lately", _ORDER, About.PLACE,
                f"{presence} and a little, while the line moves",
            )  # fmt: skip
        for each, what in (
            ("late", "places whose turn came while their holder was away"),
            ("summoned", "places that the support desk has called"),
            ("resting", "places whose holder lets others pass"),
        ):
            yield _redis(
                f"{lane}:{each}", what, _ORDER, About.PLACE, f"until it is used, or {keep} after its turn"
            )


def _of_guard(rules: Rules) -> Iterator[Holding]:
    guard, day = rules.guard, PERIOD_MS / 1000
    window, hashed = guard.window_ms / 1000, "as a keyed hash that is another one each day"
    for each, is_on in (("address", guard.per_address), ("network", guard.per_network)):
        if is_on:
            yield _redis(
                f"joins:{each}:*", f"how many places were taken from each {each}", _ABUSE, About.ADDRESS,
                f"{format_duration(window)} at most; the {each} {hashed}", window,
            )  # fmt: skip
    if guard.screens:
        waited = float(wait_seconds(guard.most_bits, guard.bits))
        answered = (LIFE_MS + EARLY_MS) / 1000
        yield _redis(
            "joins:waited:*", "that somebody of an address has waited instead of solving a challenge", _ABUSE,
            About.ADDRESS, f"{format_duration(waited)}; the address {hashed}", waited,
        )  # fmt: skip
        yield _redis(
            "joins:answered:*",
            "challenges that were used",
            _ABUSE,
            About.NOBODY,
            format_duration(answered),
            answered,
        )
        yield _redis(
            "joins:exchanged:*", "tickets that were exchanged for a new place, by their number", _ABUSE, About.PLACE,
            format_duration(day), day,
        )  # fmt: skip
    if guard.networks:
        at_once = guard.at_once_ms / 1000
        yield _redis(
            "networks:*", "from which networks a visit was made, where from several", "so that no pass is shared",
            About.ADDRESS, f"{format_duration(at_once)}; a network {hashed}", at_once,
        )  # fmt: skip


def _of_codes(room: RoomSettings) -> Iterator[Holding]:
    if room.take_along or _invites(room):
        yield _redis(
            "tries:*", "how many wrong codes came from an address, as a keyed hash", _ABUSE, About.ADDRESS,
            format_duration(TRIES_SECONDS), float(TRIES_SECONDS),
        )  # fmt: skip


def _of_feedback(room: RoomSettings) -> Iterator[Holding]:
    settings, purpose = room.feedback, "to know how the wait was"
    if settings.ask == "off" and not settings.curve:
        return
    yield _redis(
        "feedback:*", "answers and waits of an hour, as counts", purpose, About.NOBODY,
        format_duration(settings.keep), settings.keep,
    )  # fmt: skip
    if settings.curve:
        yield _redis(
            "waits", "how many wait, by when they came", purpose, About.NOBODY, format_duration(LINE_SECONDS),
            float(LINE_SECONDS),
        )  # fmt: skip
    if settings.ask != "off":
        yield _redis(
            "answered:*", "one bit for each place: whether it has answered, not what", purpose, About.PLACE,
            format_duration(BITS_SECONDS), float(BITS_SECONDS),
        )  # fmt: skip


def _of_reminders(room: RoomSettings) -> Iterator[Holding]:
    settings, purpose = room.reminders, "to tell who asked for it that the turn comes"
    if not settings.channels:
        return
    forget, day = settings.forget, PERIOD_MS / 1000
    yield _redis(
        "reminder:*", "the mail address or telephone number that the holder of a place has given, with the language; "
        "encrypted with a key of the site's secret", purpose, About.CONTACT,
        f"until the turn has come or it is taken back, {format_duration(forget)} at most", forget,
    )  # fmt: skip
    yield _redis("reminders", "which places have one", purpose, About.PLACE, format_duration(forget), forget)
    yield _redis(
        "reminders:leader",
        "which worker sends",
        purpose,
        About.NOBODY,
        format_duration(LEASE_SECONDS),
        LEASE_SECONDS,
    )
    for name, what, seconds in (
        ("told", "how often such an address was given", day),
        ("told-by", "how many were given from an address", 3600.0),
    ):
        yield _redis(
            f"joins:{name}:*", f"{what}, as a keyed hash that is another one each day", _ABUSE, About.ADDRESS,
            format_duration(seconds), seconds,
        )  # fmt: skip


def _of_forms(room: RoomSettings) -> Iterator[Holding]:
    if room.forms.paths:
        keep = room.forms.keep
        purpose = "so that a form that was sent before the wait is not lost"
        yield _redis(
            "forms:*", "the form that the holder of a place has sent, encrypted: the key is in the visitor's cookie",
            purpose, About.PLACE, f"until it is sent or the place given up, {format_duration(keep)} at most", keep,
        )  # fmt: skip
        yield _redis("forms", "which places have one", purpose, About.PLACE, format_duration(keep), keep)


def _invites(room: RoomSettings) -> bool:
    return room.invite_only or room.claims is not None or len(room.lane_names) > 1


def _of_invitations(room: RoomSettings) -> Iterator[Holding]:
    if not _invites(room):
        return
    day, year = format_duration(_REDEEMED_AFTER_SECONDS), format_duration(LONGEST_SECONDS)
    after = f"{day} after the invitation ends"
    yield _redis(
        "holders",
        "which place a member has; the member as a keyed hash",
        _ORDER,
        About.MEMBER,
        after,
    )
    yield _redis("uses", "how many places an invitation gave", _ORDER, About.NOBODY, after)
    yield _redis("redeemed", "when the two before are forgotten", _ORDER, About.MEMBER, after)
    yield _redis(
        "revoked", "invitations that were revoked, and members (as keyed hashes) of whom all were", _ORDER,
        About.MEMBER, f"{year}, and until the next is revoked",
    )  # fmt: skip
    kept = float(LONGEST_SECONDS + REMEMBERED_SECONDS)
    yield _redis(
        "codes", "the batches of codes", _ORDER, About.NOBODY, "until codes are minted after they ended"
    )
    yield _redis(
        "codes:*", "digests of codes, with the members (as keyed hashes) for whom they are", _ORDER, About.MEMBER,
        f"{format_duration(REMEMBERED_SECONDS)} after they end", kept,
    )  # fmt: skip


def _redis(
    name: str, what: str, purpose: str, about: About, keeping: str, key_seconds: float | None = None
) -> Holding:
    return Holding(Where.REDIS, name, what, purpose, about, keeping, key_seconds)


def _of_ms(milliseconds: int) -> str:
    return format_duration(milliseconds / 1000)
