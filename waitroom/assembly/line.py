"""The line of a room, from the settings."""

from __future__ import annotations

import time
from dataclasses import replace
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from waitroom.line.memory import Memory
from waitroom.line.plan import Plan
from waitroom.line.room import Room
from waitroom.line.rules import Rules
from waitroom.line.seeds import Seeds
from waitroom.line.store import LineStore
from waitroom.record.reading import RecordReader
from waitroom.settings import RoomSettings, Settings
from waitroom.settings.abuse import guard_of
from waitroom.settings.schedule import schedule_of, words_of
from waitroom.shaping.weights import lane_weights, weights_text
from waitroom.support.desk import SupportDesk


def rules_of(settings: RoomSettings) -> Rules:
    """A room's rules as the file has them."""
    return Rules(
        rate=settings.rate,
        capacity=settings.capacity,
        mode=settings.mode,
        session_ms=round(settings.session * 1000),
        keep_ms=round(settings.keep * 1000),
        presence_ms=round(settings.presence * 1000),
        burst_ms=round(settings.burst * 1000),
        entry_ms=round(settings.entry * 1000),
        message=settings.message,
        sold_out=settings.sold_out,
        weights=weights_text(weights_of(settings)) if settings.lanes else "",
        guard=guard_of(settings.join_limit, settings.challenge, settings.sharing),
        adaptive=settings.adaptive.to_text(),
    )


def weights_of(settings: RoomSettings) -> dict[str, float]:
    """What each lane of a room is given of its admissions; the lanes in the order that all workers share."""
    given = {name: lane.weight for name, lane in settings.lanes.items()}
    return lane_weights(given, settings.general_share)


def plan_of(settings: RoomSettings, seeds: Seeds) -> Plan:
    """What a room's schedule will do, as the file has it."""
    plan = schedule_of(settings.events, settings.timezone).plan(
        mode=settings.mode,
        rate=settings.rate,
        commit=lambda event: seeds.commit(settings.name, event),
        now_ms=int(time.time() * 1000),
    )
    return replace(plan, words=words_of(settings.events, settings.timezone))


def room_of(settings: RoomSettings, redis: Redis, seeds: Seeds) -> Room:
    """A room as one worker runs it."""
    return Room(
        settings.name,
        redis,
        rules_of(settings),
        lanes=tuple(weights_of(settings)),
        plan=plan_of(settings, seeds),
        seeds=seeds,
    )


def store_of(settings: RoomSettings, redis: Redis) -> LineStore:
    """A room's line, for a command that looks at it or changes it."""
    return LineStore(redis, settings.name, memory=Memory(tuple(weights_of(settings))))


def desk_of(settings: Settings, redis: Redis) -> SupportDesk:
    """The support desk of all rooms."""
    return SupportDesk(
        redis,
        {room.name: tuple(weights_of(room)) for room in settings.rooms},
        {room.name: ZoneInfo(room.timezone) for room in settings.rooms},
    )


def reader_of(settings: RoomSettings, redis: Redis) -> RecordReader:
    """What happened in a room."""
    return RecordReader(redis, settings.name, tuple(weights_of(settings)))
