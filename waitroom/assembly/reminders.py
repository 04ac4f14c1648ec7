"""Being told away from the page, from the settings."""

from __future__ import annotations

from collections.abc import Sequence

from redis.asyncio import Redis

from waitroom.gate.doorway import Doorway
from waitroom.gate.editions import Editions
from waitroom.gate.reminding import Reminding
from waitroom.reminders.kept import Kept, Stage
from waitroom.reminders.post import Post
from waitroom.reminders.reminder import Contact
from waitroom.reminders.sender import Sender
from waitroom.settings import RoomSettings
from waitroom.shaping.addresses import Hasher
from waitroom.shaping.join_limits import JoinLimits
from waitroom.speaking import keep_addresses_out_of_logs
from waitroom.telemetry.counters import Counters
from waitroom.telemetry.families import REMINDERS


def reminders_of(
    room: RoomSettings,
    doorway: Doorway,
    redis: Redis,
    secrets: Sequence[str],
    editions: Editions,
    counters: Counters,
) -> tuple[Reminding, Sender | None]:
    """The addresses of being told, and what sends; None where no channel is set."""
    settings = room.reminders
    kept = Kept(redis, room.name, secrets, lasts_seconds=settings.forget)
    limits, hasher = JoinLimits(redis, room.name), Hasher(secrets[0], f"{room.name}:told")
    reminding = Reminding(doorway, settings, kept, limits, hasher, editions)
    if not settings.channels:
        return reminding, None
    from waitroom.reminders.apprised import sender  # large, and seldom wanted

    keep_addresses_out_of_logs()

    def count(stage: Stage, outcome: str) -> None:
        counters[REMINDERS.field(stage, outcome)] += 1

    def words(contact: Contact, stage: Stage) -> tuple[str, str]:
        has_come = stage is Stage.COME
        seconds = doorway.room.rules.keep_ms // 1000 if has_come else int(settings.ahead)
        texts = editions.to((contact.language.lower(),)).texts
        told = texts.reminder(has_come=has_come, seconds=seconds, link=settings.link or "")
        return told.title, told.detail

    post = Post({channel: sender(settings.template(channel)) for channel in settings.channels}, count)
    return reminding, Sender(doorway.room, kept, post, words, ahead_seconds=settings.ahead)
