"""Puts the gateway together from its settings."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from waitroom.gate.app import Entrance, Gate
from waitroom.gate.bodies import Bodies
from waitroom.gate.challenges import Challenges
from waitroom.gate.doorway import Doorway
from waitroom.gate.draws import DrawAddress
from waitroom.gate.entering import Entering
from waitroom.gate.inside import Inside
from waitroom.gate.invited import Invitations
from waitroom.gate.observed import Observed
from waitroom.gate.own import RoomEndpoints
from waitroom.gate.page import Pages
from waitroom.gate.passage import Passage
from waitroom.gate.porter import Porter
from waitroom.gate.receipts import KeysAddress, ReceiptAddress
from waitroom.gate.returns import Returns
from waitroom.gate.rooms import RoomMap
from waitroom.gate.routes import Routes
from waitroom.gate.screening import Screening
from waitroom.gate.shaper import Shaper
from waitroom.gate.shares import Shares
from waitroom.gate.tokens import Mint, Pass, Ticket
from waitroom.gate.turned_away import TurnedAway
from waitroom.gate.visitor import Tokens
from waitroom.gate.waiting import Waiting
from waitroom.invitations.ledger import Ledger
from waitroom.line.draws import draws_of
from waitroom.line.memory import Memory
from waitroom.line.plan import Plan
from waitroom.line.room import Room
from waitroom.line.rules import Rules
from waitroom.line.seeds import Seeds
from waitroom.line.store import LineStore
from waitroom.passing import bypasses
from waitroom.proxy import Origin, OriginTimeouts, TrustedProxies
from waitroom.proxy.address import tls_to_origin
from waitroom.record.live import LiveFairness
from waitroom.record.reading import RecordReader
from waitroom.record.receipt import ReceiptKeys
from waitroom.resources import templates_dir
from waitroom.settings import RoomSettings, Settings
from waitroom.settings.abuse import guard_of
from waitroom.settings.schedule import schedule_of
from waitroom.settings.shaping import with_rest
from waitroom.shaping.addresses import Hasher
from waitroom.shaping.common_rate import CommonRate
from waitroom.shaping.join_limits import JoinLimits
from waitroom.shaping.limiter import Budget, Limiter
from waitroom.shaping.pace import Pace
from waitroom.shaping.regulator import Regulator
from waitroom.shaping.sharing import Sharing
from waitroom.shaping.signals import Signals
from waitroom.shaping.told import Told
from waitroom.shaping.weights import lane_weights, weights_text

REDIS_TIMEOUT_SECONDS = 2.0
REDIS_CONNECTIONS = 16
"""Of one worker. Joins share one; the others are for those who show their ticket at the door."""


def connect(redis_url: str) -> Redis:
    """A client for the line. It retries once, and only where the connection had died."""
    pool = BlockingConnectionPool.from_url(
        redis_url,
        max_connections=REDIS_CONNECTIONS,
        timeout=REDIS_TIMEOUT_SECONDS,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[RedisConnectionError],
    )
    return Redis.from_pool(pool)


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
    return schedule_of(settings.events, settings.timezone).plan(
        mode=settings.mode,
        rate=settings.rate,
        commit=lambda event: seeds.commit(settings.name, event),
        now_ms=int(time.time() * 1000),
    )


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


def reader_of(settings: RoomSettings, redis: Redis) -> RecordReader:
    """What happened in a room."""
    return RecordReader(redis, settings.name, tuple(weights_of(settings)))


def origin_of(settings: Settings) -> Origin:
    """The shop, wherever the settings say that it is."""
    secure = any(url.startswith("https://") for url in settings.origin)
    return Origin(
        *settings.origin,
        tls=tls_to_origin(settings.origin_ca_file) if secure else None,
        server_name=settings.origin_server_name,
        timeouts=OriginTimeouts(
            connect=settings.origin_connect_timeout,
            response=settings.origin_response_timeout,
            idle=settings.origin_idle_timeout,
            tunnel=settings.websocket_idle_timeout,
        ),
        max_connections=settings.origin_connections,
    )


def guards_of(
    room: Room, redis: Redis, secrets: Sequence[str], pages: Pages, hold_status: int, trusted: TrustedProxies
) -> tuple[Porter, Sharing]:
    """Who looks at a room's newcomers, and at the passes of those inside."""
    hasher = Hasher(secrets[0], room.name)
    limits, challenges = JoinLimits(redis, room.name), Challenges(room.name, secrets)
    screening = Screening(room, limits, challenges, hasher, trusted)
    return Porter(screening, TurnedAway(room.name, pages, hold_status)), Sharing(redis, room, hasher)


def shaper_of(settings: Settings) -> Shaper | None:
    """What keeps the traffic of those inside within its limits, in one worker; None where there are none."""
    shaping = settings.shaping
    if not (shaping.concurrency or shaping.visitor_rate or shaping.address_rate):
        return None
    classes = with_rest(shaping.classes)
    limiter = None
    if shaping.concurrency:
        limiter = Limiter(
            shaping.concurrency // settings.workers,
            [Budget(each.name, share=each.share, most=each.most) for each in classes],
            queue=shaping.queue,
            visitor_share=shaping.visitor_share,
        )
    return Shaper(
        limiter,
        Routes(classes),
        wait_seconds=shaping.wait,
        visitors=Pace(shaping.visitor_rate, shaping.visitor_burst) if shaping.visitor_rate else None,
        addresses=Pace(shaping.address_rate, shaping.address_burst) if shaping.address_rate else None,
    )


def build_gate(settings: Settings, redis: Redis, secrets: Sequence[str]) -> Gate:
    """The gateway as an ASGI application. ``secrets`` come newest first."""
    trusted = TrustedProxies(str(network) for network in settings.trusted_proxies)
    shares = Shares(settings.max_requests_per_visitor)
    passage = Passage(origin_of(settings), trusted, shares, shaper_of(settings))
    pages = Pages(templates_dir())
    tickets, passes = Mint(Ticket, secrets), Mint(Pass, secrets)
    bodies = Bodies()
    bypass_of = bypasses(settings, redis, trusted, bodies)
    seeds, receipt_keys = Seeds(secrets), ReceiptKeys(secrets)
    entrances = []
    for of_room in settings.rooms:
        room = room_of(of_room, redis, seeds)
        tokens = Tokens(room, tickets, passes)
        invitations = Invitations(of_room, secrets)
        waiting = Waiting(room, pages, of_room.hold_status, of_room.timezone, takes_codes=invitations.in_use)
        entering = Entering(invitations, Ledger(redis, of_room.name, secrets), pages)
        signals = Signals()
        observed = Observed(passage, signals, of_room.adaptive.ignore)
        regulator = Regulator(room, Told(redis, of_room.name), signals)
        inside = Inside(room, tokens, observed)
        returns = Returns(of_room.name, secrets, bodies)
        guards = guards_of(room, redis, secrets, pages, of_room.hold_status, trusted)
        fairness = LiveFairness(redis, of_room.name)
        doorway = Doorway(
            room, tokens, inside, waiting, entering, *guards, returns, fairness, bypass_of(of_room.name)
        )
        draw = DrawAddress(room, tokens, pages, partial(draws_of, room))
        receipt = ReceiptAddress(room, tokens, pages, receipt_keys, reader_of(of_room, redis).chain)
        endpoints = RoomEndpoints(doorway, shares, draw.serve, receipt.serve)
        entrances.append(Entrance(room, doorway, endpoints, regulator))
    connections = Shares(settings.max_connections_per_address)
    rooms = [entrance.room for entrance in entrances]
    weights = {of_room.name: of_room.common_weight for of_room in settings.rooms}
    common_rate = CommonRate(rooms, settings.common_rate, weights)
    return Gate(
        entrances,
        RoomMap(settings.rooms),
        pages,
        passage,
        connections,
        KeysAddress(receipt_keys).serve,
        keepers=[common_rate.run, *(entrance.doorway.fairness.run for entrance in entrances)],
    )
