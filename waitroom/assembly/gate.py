"""The gateway of one worker, from the settings."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial

from redis.asyncio import Redis

from waitroom.assembly.line import reader_of, room_of, store_of
from waitroom.assembly.pages import wardrobe_of
from waitroom.assembly.reminders import reminders_of
from waitroom.assembly.telemetry import telling_of
from waitroom.feedback.ledger import FeedbackLedger
from waitroom.feedback.question import Where
from waitroom.feedback.watching import Watching
from waitroom.forms.sealing import FormSeal
from waitroom.forms.shelf import FormShelf
from waitroom.gate.app import Entrance, Gate
from waitroom.gate.asking import Asking
from waitroom.gate.bodies import Bodies
from waitroom.gate.challenges import Challenges
from waitroom.gate.cors import Cors
from waitroom.gate.documents import documents_of
from waitroom.gate.doorway import Doorway
from waitroom.gate.draws import DrawAddress
from waitroom.gate.editions import Editions
from waitroom.gate.entering import Entering
from waitroom.gate.form_address import FormAddress
from waitroom.gate.inside import Inside
from waitroom.gate.invited import Invitations
from waitroom.gate.kept_forms import KeptForms
from waitroom.gate.language import LanguageAddress
from waitroom.gate.logged import LoggedAddresses
from waitroom.gate.more import MoreAddresses
from waitroom.gate.moving_along import MovingAlong
from waitroom.gate.observed import Observed
from waitroom.gate.own import RoomEndpoints
from waitroom.gate.passage import Passage
from waitroom.gate.porter import Porter
from waitroom.gate.privacy import PrivacyAddress
from waitroom.gate.receipts import KeysAddress, ReceiptAddress
from waitroom.gate.resting import LettingPass
from waitroom.gate.returns import Returns
from waitroom.gate.rooms import RoomMap
from waitroom.gate.routes import Routes
from waitroom.gate.screening import Screening
from waitroom.gate.shaper import Shaper
from waitroom.gate.shares import Shares
from waitroom.gate.tokens import Mint, Pass, Ticket
from waitroom.gate.turned_away import TurnedAway
from waitroom.gate.undoing import Undoing
from waitroom.gate.visitor import Tokens
from waitroom.gate.wait import Onward, WaitAddress
from waitroom.gate.waiting import Waiting
from waitroom.invitations.ledger import Ledger
from waitroom.invitations.minting import default_target
from waitroom.line.alone import Alone
from waitroom.line.draws import draws_of
from waitroom.line.room import Room
from waitroom.line.seeds import Seeds
from waitroom.passing import bypasses
from waitroom.proxy import Origin, OriginTimeouts, TrustedProxies
from waitroom.proxy.address import tls_to_origin
from waitroom.record.keeping import RecordKeeping
from waitroom.record.live import LiveFairness
from waitroom.record.receipt import ReceiptKeys
from waitroom.resources import templates_dir
from waitroom.settings import RoomSettings, Settings
from waitroom.settings.shaping import with_rest
from waitroom.shaping.addresses import Hasher
from waitroom.shaping.common_rate import CommonRate
from waitroom.shaping.join_limits import JoinLimits
from waitroom.shaping.limiter import Budget, Limiter
from waitroom.shaping.pace import Pace
from waitroom.shaping.regulator import Regulator
from waitroom.shaping.sharing import Sharing
from waitroom.shaping.shedding import Shedding
from waitroom.shaping.signals import Signals
from waitroom.shaping.told import Told
from waitroom.shaping.transfer import TransferCodes
from waitroom.telemetry.counters import Counters

LastAct = Callable[[], Coroutine[None, None, None]]


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
    room: Room,
    redis: Redis,
    secrets: Sequence[str],
    editions: Editions,
    hold_status: int,
    trusted: TrustedProxies,
    tokens: Tokens,
    shedding: Shedding,
) -> tuple[Porter, Sharing]:
    """Who looks at a room's newcomers, and at the passes of those inside."""
    hasher = Hasher(secrets[0], room.name)
    limits, challenges = JoinLimits(redis, room.name), Challenges(room.name, secrets)
    screening = Screening(room, limits, challenges, hasher, trusted)
    turned_away = TurnedAway(room.name, editions, hold_status, tokens)
    return Porter(screening, turned_away, shedding), Sharing(redis, room, hasher)


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


def passage_of(
    settings: Settings, trusted: TrustedProxies, shares: Shares
) -> tuple[Passage, Sequence[LastAct]]:
    """The way to the shop, traced where that is set; and what is to be done at the end."""
    origin, shaper = origin_of(settings), shaper_of(settings)
    if not settings.tracing.endpoint:
        return Passage(origin, trusted, shares, shaper), ()
    from waitroom.assembly.tracing import Tracing  # an extra, which may not be installed
    from waitroom.gate.tracing import TracedPassage

    tracing = Tracing(settings.tracing)
    return TracedPassage(origin, trusted, shares, shaper, tracing.tracer), (tracing.finish,)


def kept_forms_of(
    room: RoomSettings, redis: Redis, secrets: Sequence[str], bodies: Bodies
) -> KeptForms | None:
    """What keeps the forms of a room; None where none is kept."""
    settings = room.forms
    if not settings.paths:
        return None
    shelf = FormShelf(redis, room.name, most=settings.most, keep_seconds=settings.keep)
    return KeptForms(settings, FormSeal(secrets), shelf, bodies)


def build_gate(
    settings: Settings,
    redis: Redis,
    secrets: Sequence[str],
    connections: Callable[[], int] = lambda: 0,
    queue: Callable[[], int] = lambda: 0,
) -> Gate:
    """The gateway as an ASGI application. ``secrets`` come newest first; ``connections`` tells how many visitors have
    one open, ``queue`` how many more wait to be accepted."""
    trusted = TrustedProxies(str(network) for network in settings.trusted_proxies)
    shares, shedding = Shares(settings.max_requests_per_visitor), Shedding(settings.max_joins_at_once, queue)
    passage, tracing_ends = passage_of(settings, trusted, shares)
    endings = list(tracing_ends)
    wardrobe = wardrobe_of(settings)
    tickets, passes = Mint(Ticket, secrets), Mint(Pass, secrets)
    bodies, logged = Bodies(), LoggedAddresses(settings.privacy.log_address, secrets[0])
    bypass_of = bypasses(settings, redis, trusted, bodies, logged)
    seeds, receipt_keys = Seeds(secrets), ReceiptKeys(secrets)
    entrances: list[Entrance] = []
    watching: list[Watching] = []
    keepers: list[LastAct] = []
    for of_room in settings.rooms:
        room, counters = room_of(of_room, redis, seeds), Counters()
        if of_room.without_redis == "pass":
            room.alone = Alone(of_room.without_redis_rate, settings.workers)
        editions = wardrobe.rooms[of_room.name]
        feedback = of_room.feedback
        tokens = Tokens(
            room, tickets, passes, asks_inside=feedback.kind is not None and Where.INSIDE in feedback.where
        )
        invitations = Invitations(of_room, secrets)
        waiting = Waiting(
            room,
            editions,
            of_room.hold_status,
            of_room.timezone,
            takes_codes=invitations.in_use,
            takes_along=of_room.take_along,
            follows_line=of_room.cached_line,
            undo_seconds=int(of_room.undo),
            not_yet_seconds=int(of_room.not_yet),
            gives_extra_time=of_room.extra_times > 0,
            speaks_cloudflare=of_room.cloudflare_json,
            sold_out_link=of_room.sold_out_link,
            tells_away=bool(of_room.reminders.channels),
            has_more=wardrobe.content[of_room.name] is not None,
        )
        ledger = Ledger(redis, of_room.name, secrets)
        entering = Entering(invitations, ledger, editions, tokens)
        signals = Signals()
        observed = Observed(passage, signals, of_room.adaptive.ignore)
        regulator = Regulator(room, Told(redis, of_room.name), signals)
        inside = Inside(room, tokens, observed)
        returns = Returns(of_room.name, secrets, bodies)
        guards = guards_of(room, redis, secrets, editions, of_room.hold_status, trusted, tokens, shedding)
        fairness = LiveFairness(redis, of_room.name)
        forms = kept_forms_of(of_room, redis, secrets, bodies)
        doorway = Doorway(
            room,
            tokens,
            inside,
            waiting,
            entering,
            *guards,
            returns,
            fairness,
            bypass_of(of_room.name),
            forms,
        )
        draw = DrawAddress(room, tokens, editions, partial(draws_of, room))
        receipt = ReceiptAddress(room, tokens, editions, receipt_keys, reader_of(of_room, redis).chain)
        language = LanguageAddress(tokens, editions)
        privacy = PrivacyAddress(room, editions, settings, of_room)
        along = None
        if of_room.take_along:
            along = MovingAlong(doorway, TransferCodes(of_room.name, secrets), ledger, editions)
        passing = (
            LettingPass(doorway, editions, of_room.not_yet, of_room.extra_times) if of_room.not_yet else None
        )
        reminding, sender = reminders_of(of_room, doorway, redis, secrets, editions, counters)
        if sender is not None:
            keepers.append(sender.run)
            endings.append(sender.finish)
        undoing = Undoing(doorway, editions, of_room.undo, secrets)
        answers = FeedbackLedger(redis, of_room.name, feedback.keep)
        asking = None
        if feedback.kind is not None:
            asking = Asking(room, tokens, answers, editions, secrets, feedback.kind, feedback.where)
        if feedback.curve:
            watching.append(Watching(room, answers, counters))
        onward = Onward(room, settings.cors_origins, default_target(of_room))
        wait = WaitAddress(
            Doorway(room, tokens, onward, waiting, entering, *guards, returns, fairness), counters
        )
        endpoints = RoomEndpoints(
            doorway,
            shares,
            draw.serve,
            receipt.serve,
            language.serve,
            privacy.serve,
            wait.serve,
            along,
            undoing,
            passing,
            asking,
            reminding,
            MoreAddresses(of_room.name, editions, wardrobe.content[of_room.name]),
            FormAddress(tokens, forms, editions).serve if forms is not None else None,
            counters,
        )
        entrances.append(Entrance(room, doorway, endpoints, regulator, counters, editions))
    of_address = Shares(settings.max_connections_per_address)
    rooms = [entrance.room for entrance in entrances]
    weights = {of_room.name: of_room.common_weight for of_room in settings.rooms}
    common_rate = CommonRate(rooms, settings.common_rate, weights)
    records = RecordKeeping([store_of(each, redis) for each in settings.rooms], settings.privacy.record_keep)
    elsewhere = Counters()
    telling = telling_of(redis, entrances, elsewhere, connections)
    return Gate(
        entrances,
        RoomMap(settings.rooms),
        wardrobe.site,
        passage,
        of_address,
        KeysAddress(receipt_keys).serve,
        documents_of(templates_dir(), editions.languages),
        elsewhere,
        cors=Cors(settings.cors_origins) if settings.cors_origins else None,
        logged=logged,
        keepers=[
            common_rate.run,
            telling.run,
            *keepers,
            records.run,
            *(entrance.doorway.fairness.run for entrance in entrances),
            *(each.run for each in watching),
        ],
        # what reminders have yet to count is told last
        last_acts=[*endings, *wardrobe.closings(), telling.finish],
    )
