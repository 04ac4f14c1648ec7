"""Live positions: the event streams of the visitors who wait (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable

from starlette.types import Receive, Send

from waitroom.gate.decision import Standing
from waitroom.gate.state import Notice, State, now_held, plain_state, spot_of, standing, state_of
from waitroom.gate.tokens import Ticket
from waitroom.line.room import Room
from waitroom.messages.languages import Wanted
from waitroom.shaping.reason import Reason

KEEP_ALIVE_SECONDS = 15.0
"""A stream is never silent for longer, so that a dead connection is found out."""
MIN_INTERVAL_SECONDS = 1.0
"""Between two messages that tell of nothing but a new position."""
STEP_SECONDS = 6.0
"""The same, to who asked for short ones: a page that waits is to cost a kilobyte a minute at most."""
NEVER = 2**63
"""A turn that does not come."""
SLICE = 100
"""Streams gone through at a stretch: a few milliseconds, after which everyone else has their turn."""
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, private"),
    (b"x-accel-buffering", b"no"),
]


class Stream:
    """One open stream. While a message is on its way to a slow client, the next one waits its turn."""

    __slots__ = (
        "due",
        "in_steps",
        "languages",
        "lowest",
        "news",
        "position",
        "send",
        "sending",
        "silent_since",
        "ticket",
        "turn",
    )

    def __init__(self, send: Send, ticket: Ticket, languages: Wanted = (), *, in_steps: bool = False) -> None:
        self.send = send
        self.in_steps = in_steps
        """Whether a mere step forward is told in short."""
        self.languages = languages
        self.ticket = ticket
        self.turn = NEVER
        self.position: int | None = None
        self.lowest: tuple[int, int] | None = None
        self.news = True
        self.sending = False
        self.due = self.silent_since = 0.0

    def held(self, state: State, others: Reason = Reason.OTHERS_BACK) -> State:
        """The state with the lowest position that this stream has told of its number: it never goes up.

        Those who were away and are back, or whom the support desk has called, do stand before this visitor now. The
        number then waits for them, and the reason ``others`` and the estimate, which is not held, say so.
        """
        if state.position is None or state.number is None:
            return state
        if self.lowest is None or self.lowest[0] != state.number or state.position <= self.lowest[1]:
            self.lowest = (state.number, state.position)
            return state
        lowest = self.lowest[1]
        reason = state.eta_reason or others
        return state._replace(position=lowest, ahead=lowest - 1, eta_reason=reason)


class EventStreams:
    """All open event streams of one room in one worker.

    After each tick of the room they are gone through once, in slices. Whoever is called, and everyone when the
    mode or the message changes, is told at once; a mere step forward is told the more often the nearer the door
    is. There is no timer and no waiting task a stream: ten thousand of them must fit into one worker.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._streams: set[Stream] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._told_all = self._common()
        self._helped = room.helped
        self._heard = room.hands.heard
        self._resting = room.resting
        self._round: asyncio.Task[None] | None = None
        self._again = False
        room.on_change(self.wake)

    def __len__(self) -> int:
        return len(self._streams)

    async def serve(
        self,
        receive: Receive,
        send: Send,
        ticket: Ticket,
        number: int,
        languages: Wanted = (),
        *,
        in_steps: bool = False,
    ) -> None:
        """Keeps a stream open until the visitor goes away, is called, or the gateway stops."""
        stream = Stream(send, ticket, languages, in_steps=in_steps)
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        # a page that lost its stream comes back within a few seconds, each at another moment
        retry = b"retry: %d\n\n" % random.randint(1000, 5000)  # noqa: S311 - no secret, a spread
        await send({"type": "http.response.body", "body": retry, "more_body": True})
        self._streams.add(stream)
        try:
            with self._room.lanes[ticket.lane].presence.streaming(number):
                self._tell(stream, time.monotonic())
                while (await receive())["type"] != "http.disconnect":
                    pass
        finally:
            self._streams.discard(stream)

    def wake(self) -> None:
        """Tells everyone who is to be told something now."""
        if (common := self._common()) != self._told_all:
            self._told_all = common
            for stream in self._streams:
                stream.news = True
        if self._room.helped != self._helped:
            self._tell_helped()
        if self._room.hands.heard != self._heard:
            self._heard = self._room.hands.heard
            for stream in self._streams:
                stream.news = stream.news or self._is_moved(stream.ticket)
        if (resting := self._room.resting) != self._resting:
            changed, self._resting = resting ^ self._resting, resting
            for stream in self._streams:
                stream.news = stream.news or spot_of(self._room, stream.ticket) in changed
        self._again = True
        if self._round is None and self._streams:
            self._round = asyncio.create_task(self._go_round())

    def _tell_helped(self) -> None:
        """Whom the support desk has just helped is told at once."""
        before, self._helped = self._helped, self._room.helped
        spots = (self._helped.spots - before.spots) | self._helped.switched.keys()
        for stream in self._streams:
            if spot_of(self._room, stream.ticket) in spots:
                stream.news = True

    def _is_moved(self, ticket: Ticket) -> bool:
        """Whether the place of a ticket has gone to another device."""
        hands = self._room.hands
        spot = spot_of(self._room, ticket) if hands else None
        return spot is not None and hands.newest(spot) > ticket.hand

    async def _go_round(self) -> None:
        try:
            while self._again:
                self._again = False
                streams = list(self._streams)
                for start in range(0, len(streams), SLICE):
                    self._tell_due(streams[start : start + SLICE])
                    await asyncio.sleep(0)
        finally:
            self._round = None

    def _tell_due(self, streams: Iterable[Stream]) -> None:
        now = time.monotonic()
        called = {name: lane.head.called for name, lane in self._room.lanes.items()}
        for stream in streams:
            due = stream.news or now >= stream.due or stream.turn <= called.get(stream.ticket.lane, 0)
            if due and stream in self._streams:
                self._tell(stream, now)

    def _common(self) -> tuple[object, ...]:
        """What concerns everyone in the room alike."""
        room, head = self._room, self._room.head
        event, reasons = room.event, [lane.outlook.reason for lane in room.lanes.values()]
        return room.rules, room.is_away, head.epoch, head.alias, head.opens, event.name, event.seed, reasons

    def _tell(self, stream: Stream, now: float) -> None:
        if stream.sending:
            return
        room, ticket = self._room, now_held(self._room, stream.ticket)
        stands, number = standing(room, ticket)
        if self._is_moved(stream.ticket):
            state = plain_state(room, "left", Notice.MOVED)
        elif stands is Standing.NONE:
            state = plain_state(room, "waiting", Notice.RESTARTED)
        else:
            snapshot = room.lanes[ticket.lane].snapshot
            # whom the support desk has called is looked at in every round
            stream.turn = 0 if snapshot.is_summoned(number) else snapshot.turn_of(number)
            others = Reason.OTHERS_FIRST if snapshot.has_summoned else Reason.OTHERS_BACK
            state = stream.held(state_of(room, stands, number, ticket.lane), others)
        # a page whose place is another one now comes again, and is present with that
        last = state.state in ("called", "left") or ticket is not stream.ticket
        if stream.in_steps and not stream.news and not last and state.position not in (None, stream.position):
            text = b"event: step\ndata: %b\n\n" % state.step()
        elif stream.news or last or state.position != stream.position:
            text = b"event: status\ndata: %b\n\n" % state.to_json(stream.languages)
            if state.state == "called":
                text += b"event: admitted\ndata: {}\n\n"
        elif now - stream.silent_since >= KEEP_ALIVE_SECONDS:
            text = b"event: alive\ndata: {}\n\n"
        else:
            text = b""
        wait = state.eta.seconds / 20 if state.eta else KEEP_ALIVE_SECONDS
        least = STEP_SECONDS if stream.in_steps else MIN_INTERVAL_SECONDS
        wait = min(max(wait, least), KEEP_ALIVE_SECONDS)
        stream.due = now + wait * random.uniform(0.8, 1.2)  # noqa: S311 - no secret, a spread
        if text:
            stream.position, stream.news, stream.silent_since = state.position, False, now
            self._push(stream, text, more=not last)

    def _push(self, stream: Stream, text: bytes, *, more: bool) -> None:
        if not more:
            self._streams.discard(stream)
        stream.sending = True
        task = asyncio.create_task(self._send(stream, text, more=more))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, stream: Stream, text: bytes, *, more: bool) -> None:
        try:
            await stream.send({"type": "http.response.body", "body": text, "more_body": more})
        finally:
            stream.sending = False
