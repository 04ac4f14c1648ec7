"""What is told of how things are now: each gauge with its name, and what it is read from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from admin.metrics.site import Site
from admin.standing import newcomers_wait, rate_in_force
from waitroom import __version__
from waitroom.line.room import Room
from waitroom.line.rules import Mode
from waitroom.live.limits import Limit, limiting
from waitroom.telemetry.reading import Reading

Sample = tuple[Sequence[str], float]
"""The values of the labels, and the value."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A value that goes up and down."""

    name: str
    help: str
    read: Callable[[Site], Iterable[Sample]]
    labels: tuple[str, ...] = ()


def _of_rooms(value: Callable[[Room], float]) -> Callable[[Site], Iterable[Sample]]:
    return lambda site: [((room.name,), value(room)) for room in site.rooms]


def _of_lanes(value: Callable[[Room, str], float]) -> Callable[[Site], Iterable[Sample]]:
    return lambda site: [((room.name, lane), value(room, lane)) for room in site.rooms for lane in room.lanes]


def _of_workers(value: Callable[[Reading], Iterable[Sample]]) -> Callable[[Site], Iterable[Sample]]:
    return lambda site: [] if site.reading is None else value(site.reading)


def _in_force_per_second(room: Room) -> float:
    rate = rate_in_force(room)
    return inf if rate is None else rate / 60


def _estimates(site: Site) -> Iterable[Sample]:
    for room in site.rooms:
        for lane in room.lanes:
            told = newcomers_wait(room, lane)
            if told is not None:
                yield (room.name, lane, "low"), told.low
                yield (room.name, lane, "likely"), told.seconds
                yield (room.name, lane, "high"), told.high


ALWAYS = (
    Gauge(
        "waitroom_build_info", "The version of the console.", lambda _: [((__version__,), 1)], ("version",)
    ),
    Gauge(
        "waitroom_redis_up",
        "1 while the console reaches Redis. While it is 0 the gauges of rooms and workers are left out: nobody knows "
        "how they are.",
        lambda site: [((), float(site.is_redis_up))],
    ),
)
"""Told whether Redis is there or not."""

GAUGES = (
    Gauge(
        "waitroom_line_waiting",
        "Visitors in line who are present: seen within the room's presence window.",
        _of_lanes(lambda room, lane: room.lanes[lane].snapshot.waiting),
        ("room", "lane"),
    ),
    Gauge(
        "waitroom_line_late",
        "Of them: away when called, back since, and let in as soon as the rate allows.",
        _of_lanes(lambda room, lane: room.lanes[lane].head.late),
        ("room", "lane"),
    ),
    Gauge(
        "waitroom_line_issued",
        "The highest ticket number given out. It begins anew when the line is reset, and jumps where Redis lost its "
        "last moments.",
        _of_lanes(lambda room, lane: room.lanes[lane].head.issued),
        ("room", "lane"),
    ),
    Gauge(
        "waitroom_line_called",
        "Every ticket up to this number may enter.",
        _of_lanes(lambda room, lane: room.lanes[lane].head.called),
        ("room", "lane"),
    ),
    Gauge(
        "waitroom_line_estimate_seconds",
        "What a newcomer is told of the wait: the likely one, and the range that holds in four cases of five. Left out "
        "while nobody can know, as in a paused room.",
        _estimates,
        ("room", "lane", "bound"),
    ),
    Gauge(
        "waitroom_inside",
        "Visitors inside: those with a session that goes on.",
        _of_rooms(lambda room: room.head.sessions),
        ("room",),
    ),
    Gauge(
        "waitroom_called_in",
        "Visitors who were called and have yet to enter. They count against the capacity.",
        _of_rooms(lambda room: room.head.granted),
        ("room",),
    ),
    Gauge(
        "waitroom_no_shows",
        "Places that were granted and not taken in time, since the room began.",
        _of_rooms(lambda room: room.head.no_shows),
        ("room",),
    ),
    Gauge(
        "waitroom_rate_set_per_second",
        "The rate on the dial, in admissions a second: times 60 it is what the console shows.",
        _of_rooms(lambda room: room.rules.rate / 60),
        ("room",),
    ),
    Gauge(
        "waitroom_rate_in_force_per_second",
        "The rate that admission goes by: less than the one on the dial where the shop can carry less, or other rooms "
        "share it. 0 in a room that is paused, closed or not yet open; +Inf where everyone may pass.",
        _of_rooms(_in_force_per_second),
        ("room",),
    ),
    Gauge(
        "waitroom_capacity_set",
        "Visitors who may be inside at once, as operators set it; 0: no cap.",
        _of_rooms(lambda room: room.rules.capacity),
        ("room",),
    ),
    Gauge(
        "waitroom_capacity_in_force",
        "The cap that admission goes by: less than the one that was set where the shop can carry less; 0: no cap.",
        _of_rooms(lambda room: room.rules.places),
        ("room",),
    ),
    Gauge(
        "waitroom_event_streams",
        "Event streams of waiting pages that are open, in all workers.",
        lambda site: [
            ((room.name,), site.reading.streams(room.name)) for room in site.rooms if site.reading is not None
        ],
        ("room",),
    ),
    Gauge(
        "waitroom_workers",
        "Workers of the gateway, on all machines: alive (heard of within ten seconds), or silent (ended without a "
        "word, or cut off from Redis; forgotten after ten minutes).",
        _of_workers(lambda reading: [(("alive",), len(reading.alive)), (("silent",), len(reading.silent))]),
        ("state",),
    ),
    Gauge(
        "waitroom_worker_info",
        "Each worker that is alive, with its machine, process and version.",
        _of_workers(
            lambda reading: [
                ((worker.name, worker.host, str(worker.pid), worker.version), 1) for worker in reading.alive
            ]
        ),
        ("worker", "host", "pid", "version"),
    ),
    Gauge(
        "waitroom_worker_start_time_seconds",
        "When a worker was started, in seconds since 1970.",
        _of_workers(lambda reading: [((worker.name,), worker.started) for worker in reading.alive]),
        ("worker",),
    ),
    Gauge(
        "waitroom_worker_connections",
        "Connections of visitors that are open.",
        _of_workers(lambda reading: [((worker.name,), worker.connections) for worker in reading.alive]),
        ("worker",),
    ),
    Gauge(
        "waitroom_worker_resident_memory_bytes",
        "Resident memory of a worker; 0 where the system does not tell.",
        _of_workers(lambda reading: [((worker.name,), worker.memory_bytes) for worker in reading.alive]),
        ("worker",),
    ),
)
"""Told while Redis is there."""


@dataclass(frozen=True, slots=True)
class States:
    """Several states of each room, of which one holds."""

    name: str
    help: str
    states: Mapping[str, str]
    """Each with what it means."""
    read: Callable[[Room], str]


STATES = (
    States(
        "waitroom_mode",
        "The mode of a room: 1 for the one that it is in.",
        {
            Mode.AUTO: "holds newcomers only when there is more demand than rate and capacity allow",
            Mode.QUEUE: "holds every newcomer, and admits at the rate",
            Mode.PASS: "lets everyone through",
            Mode.PAUSE: "admits nobody new",
            Mode.CLOSED: "answers newcomers with the closed page",
        },
        lambda room: room.rules.mode,
    ),
    States(
        "waitroom_limited_by",
        "What limits admission now: 1 for the one thing that must change first.",
        {
            Limit.REDIS: "Redis does not answer the console",
            Limit.OPENING: "the door has yet to open",
            Limit.SOLD_OUT: "there is nothing left, so the line stands still",
            Limit.PAUSED: "somebody paused the room",
            Limit.SCHEDULE: "closed until the next event",
            Limit.CLOSED: "closed",
            Limit.PASSING: "nothing: everyone is let through",
            Limit.RECOVERING: "Redis forgot the line, and the tickets are coming back",
            Limit.IDLE: "nothing: nobody waits",
            Limit.CAPACITY: "as many are inside as operators allow",
            Limit.ADAPTIVE: "the shop cannot take more just now",
            Limit.SHARED: "the room's part of a rate that several rooms share",
            Limit.RATE: "the rate that operators, or the schedule, have set",
        },
        lambda room: limiting(room, {}).by,
    ),
)
"""Likewise."""
