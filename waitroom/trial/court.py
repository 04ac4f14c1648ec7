"""Tries imagined requests by the very code that the gate decides with."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from waitroom.errors import BadRequestError
from waitroom.gate.app import OWN
from waitroom.gate.bypass import Bypass
from waitroom.gate.decision import Decision, Facts, Standing, decide
from waitroom.gate.invited import Invitations
from waitroom.gate.negotiate import Kind, at_the_door
from waitroom.gate.request import Request
from waitroom.gate.rooms import RoomMap, clear_path
from waitroom.gate.state import standing
from waitroom.gate.threshold import is_holding
from waitroom.gate.tokens import Mint, Pass, Ticket
from waitroom.gate.visitor import NOTHING, Brought, Tokens
from waitroom.line.room import Room
from waitroom.line.rules import Mode, Rules
from waitroom.passing import rule_of
from waitroom.proxy import TrustedProxies
from waitroom.settings import RoomSettings, Settings
from waitroom.shaping.bypass import Verdict, covers, explain
from waitroom.trial.imagined import Holds, Imagined
from waitroom.trial.verdict import By, Fate, Outcome

_KINDS = {
    Kind.NAVIGATION: "somebody opens a page",
    Kind.CALL: "a script or an app asks",
    Kind.SUBRESOURCE: "part of a page: an image, a script, a style",
    Kind.PREFETCH: "a browser fetches it before anybody has asked",
    Kind.PREFLIGHT: "a browser asks what a call may do (CORS)",
    Kind.FOREIGN: "a page of another site sends a form",
    Kind.FRAMED: "a page in a frame",
}
_STANDINGS = {Holds.WAITING: Standing.WAITING, Holds.CALLED: Standing.CALLED}


class Court:
    """Tries requests for a site. ``rooms`` are as they are now; ``secrets`` come newest first."""

    def __init__(self, settings: Settings, rooms: Mapping[str, Room], secrets: Sequence[str]) -> None:
        self._rooms = rooms
        self._settings = {room.name: room for room in settings.rooms}
        self._map = RoomMap(settings.rooms)
        self._trusted = TrustedProxies(str(network) for network in settings.trusted_proxies)
        self._webhooks = [(each.name, each.paths) for each in settings.webhooks]
        self._rules = [rule_of(each) for each in settings.bypass]
        tickets, passes = Mint(Ticket, secrets), Mint(Pass, secrets)
        self._tokens = {name: Tokens(room, tickets, passes) for name, room in rooms.items()}
        self._invitations = {room.name: Invitations(room, secrets) for room in settings.rooms}

    def __repr__(self) -> str:
        return f"<Court over {', '.join(self._rooms)}>"

    def try_(self, imagined: Imagined) -> Outcome:
        """What would happen to a request now. Raises :class:`~waitroom.errors.SettingsError` for what none could be."""
        request = imagined.request(self._trusted)
        if request.path.startswith(OWN):
            return Outcome(Fate.OWN, By.ADDRESS, f"All below {OWN} is the gateway's own; it answers itself.")
        try:
            name = self._map.of(request.visitor, request.path)
        except BadRequestError as error:
            return Outcome(Fate.REFUSED, By.ADDRESS, str(error), answer="400, and the connection is closed")
        kind = _KINDS[request.kind]
        if name is None:
            text = "No room covers this host and path: it goes straight to the shop."
            return Outcome(Fate.SHOP, By.NO_ROOM, text, kind=kind)
        return replace(self._in_room(name, request, imagined), room=name)

    def _in_room(self, name: str, request: Request, imagined: Imagined) -> Outcome:
        brought = self._brought(name, request, imagined.holds)
        kind = request.kind
        if brought.admission is not None or imagined.holds is Holds.PASS:
            text = "They are inside: it goes to the shop, in every mode and on every path."
            return Outcome(Fate.SHOP, By.PASS, text, kind=_KINDS[kind])
        verdicts, address = self._verdicts(name, request, imagined.crawler)
        rule = next((verdict.rule for verdict in verdicts if verdict.miss is None), None)
        found = Outcome(
            Fate.SHOP,
            By.RULE,
            f"The bypass rule {rule} lets it pass: it goes to the shop, takes no place, and does not count.",
            rule=rule or "",
            kind=_KINDS[kind],
            address=address,
            verdicts=verdicts,
        )
        if rule is not None:
            return found
        webhook, notes = self._webhook(request), []
        if webhook:
            notes.append(
                f"With a right signature of {webhook} it would pass; here it is taken to have none, and gets no place."
            )
            kind = Kind.SUBRESOURCE if kind is not Kind.FOREIGN else kind
        room, settings = self._rooms[name], self._settings[name]
        shown = self._invitations[name].shown(request.scope["headers"], time.time())
        barred = self._invitations[name].invite_only and shown.entitlement is None
        stands = _STANDINGS.get(imagined.holds) or standing(room, brought.ticket)[0]
        kind = at_the_door(kind, request.scope["headers"], has_place=stands is not Standing.NONE)
        facts = Facts(
            kind,
            room.rules.mode,
            inside=False,
            standing=stands,
            holding=is_holding(room),
            barred=barred,
            sold_out=room.rules.sold_out,
        )
        decision = decide(facts)
        fate, by, text = _told(decision, facts, room.rules)
        if decision is Decision.JOIN and room.rules.guard.screens:
            notes.append("Before it gets a place it may be asked for work, or be beyond a limit of joins.")
        if shown.entitlement is not None:
            notes.append(f"Its invitation leads to the lane {shown.entitlement.lane}.")
        return replace(
            found,
            fate=fate,
            by=by,
            text=text,
            rule="",
            kind=_KINDS[kind],
            notes=tuple(notes),
            answer=_answer(fate, kind, settings),
        )

    def _brought(self, name: str, request: Request, holds: Holds) -> Brought:
        return self._tokens[name].read(request.scope) if holds is Holds.AS_SENT else NOTHING

    def _verdicts(self, name: str, request: Request, crawler: str) -> tuple[tuple[Verdict, ...], str | None]:
        rules = [rule for rule in self._rules if not rule.rooms or name in rule.rooms]
        asked = Bypass(name, rules, None, None, self._trusted).asked(request)
        return explain(rules, replace(asked, crawler=crawler or None)), asked.address

    def _webhook(self, request: Request) -> str:
        path = clear_path(request.path)
        if request.scope["method"] != "POST" or path is None:
            return ""
        return next(
            (name for name, paths in self._webhooks if any(covers(pattern, path) for pattern in paths)), ""
        )


def _told(decision: Decision, facts: Facts, rules: Rules) -> tuple[Fate, By, str]:
    mode = facts.mode
    match decision:
        case Decision.FORWARD if facts.kind is Kind.PREFLIGHT:
            return (
                Fate.SHOP,
                By.KIND,
                "It does nothing and brings no cookies: it goes to the shop in every mode.",
            )
        case Decision.FORWARD:
            why = "the room lets everyone through" if mode is Mode.PASS else "nobody is held just now"
            return Fate.SHOP, By.MODE if mode is Mode.PASS else By.LINE, f"It goes to the shop: {why}."
        case Decision.JOIN if mode is Mode.PASS or (mode is Mode.AUTO and not facts.holding):
            return Fate.ENTERS, By.LINE, "Nobody has to wait: it gets a place and goes to the shop at once."
        case Decision.JOIN:
            return (
                Fate.WAITS,
                _holder(mode),
                f"It gets a place at the end of the line, and waits: {_why(mode)}.",
            )
        case Decision.CLAIM:
            return Fate.ENTERS, By.TICKET, "It shows its ticket at the door, and enters: its turn has come."
        case Decision.WAIT:
            return Fate.WAITS, By.TICKET, f"It keeps its place and waits: {_why(mode)}."
        case Decision.REFUSE:
            text = "People are held, and this is no person: it gets no place and a bare refusal."
            return Fate.HELD, By.KIND, text
        case Decision.CLOSED:
            return Fate.CLOSED, By.MODE, "The room is closed: newcomers are told so."
        case Decision.OUT_OF_FRAME:
            text = "It is for a frame, where cookies stay behind: its page leads out of the frame, and takes no place."
            return Fate.HELD, By.KIND, text
        case Decision.RETURN:
            text = "Its cookies stayed behind, so nobody knows whose it is: the browser sends it once more, with them."
            return Fate.HANDED_BACK, By.KIND, text
        case Decision.SOLD_OUT:
            return Fate.CLOSED, By.MODE, "All is sold out: newcomers are told so, and get no place."
        case Decision.UNINVITED:
            return (
                Fate.UNINVITED,
                By.INVITATION,
                "The room is by invitation only, and it brings none that counts.",
            )


def _holder(mode: Mode) -> By:
    return By.LINE if mode is Mode.AUTO else By.MODE


def _why(mode: Mode) -> str:
    match mode:
        case Mode.QUEUE:
            return "the room holds every newcomer"
        case Mode.PAUSE:
            return "the room is paused"
        case _:
            return "others wait, or the rate and the capacity are used up"


def _answer(fate: Fate, kind: Kind, room: RoomSettings) -> str:
    page = kind in (Kind.NAVIGATION, Kind.FRAMED)
    match fate:
        case Fate.WAITS | Fate.CLOSED:
            name = "the closed page" if fate is Fate.CLOSED else "the waiting page"
            return f"{room.hold_status}, {name if page else 'a problem as JSON'}"
        case Fate.HELD:
            return "503, a line of text"
        case Fate.HANDED_BACK:
            return "a page that sends the form again, or 303"
        case Fate.UNINVITED:
            return f"403, {'a page with a form for codes' if page else 'a problem as JSON'}"
        case _:
            return ""
