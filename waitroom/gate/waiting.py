"""What those get who are not let in (yet)."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from waitroom.gate.answers import JSON, NO_STORE, PROBLEM, TEXT, VARY, Header, answer, problem
from waitroom.gate.cloudflare import asks_for_cloudflares, cloudflares, members
from waitroom.gate.editions import Editions
from waitroom.gate.kept_forms import Kept
from waitroom.gate.leading import local_target
from waitroom.gate.negotiate import Kind
from waitroom.gate.place_links import WITH_COOKIES, PlaceLinks
from waitroom.gate.request import Request
from waitroom.gate.returns import FIELD
from waitroom.gate.state import Notice, State
from waitroom.gate.views import AskedView, PageState, PageView
from waitroom.gate.whole_page import OPEN, SECRET, Page, send_page
from waitroom.line.room import Room
from waitroom.line.rules import Mode, SoldOut
from waitroom.messages.languages import Wanted
from waitroom.moved.variables import with_hours
from waitroom.telemetry.families import ANSWER, PAGE, REFUSED, RETURNED

REFUSED_RETRY_SECONDS = 10

_PAGE_STATES: dict[Notice | None, PageState] = {
    Notice.PAUSED: "paused",
    Notice.BEFORE_OPENING: "soon",
    Notice.RESTING: "resting",
    Notice.MISSED: "expired",
    Notice.RESTARTED: "restarted",
    Notice.UNAVAILABLE: "unavailable",
    Notice.LATE: "called",
    Notice.SOLD_OUT: "soldout",
}
OURS: frozenset[PageState] = frozenset({"called", "left", "moved", "resting", "soldout"})
"""States that a page of Cloudflare's knows nothing of: they have something to press."""
_DETAILS: dict[PageState, str] = {
    "closed": "The shop is closed.",
    "soldout": "Sold out. A place in line is kept; things may come back.",
    "soon": "The shop has yet to open. You have a place; ask again when it does.",
}


class Waiting:
    """The answers of one room to those who wait: a page for people, a problem for programs."""

    def __init__(
        self,
        room: Room,
        editions: Editions,
        hold_status: int,
        timezone: str = "UTC",
        *,
        takes_codes: bool = False,
        takes_along: bool = True,
        follows_line: bool = False,
        undo_seconds: int = 0,
        not_yet_seconds: int = 0,
        gives_extra_time: bool = False,
        speaks_cloudflare: bool = False,
        sold_out_link: str = "",
        tells_away: bool = False,
        has_more: bool = False,
    ) -> None:
        self._room = room
        self._editions = editions
        self._hold_status = hold_status
        self._timezone = ZoneInfo(timezone)
        self._takes_codes = takes_codes
        self._takes_along = takes_along
        self._follows_line = follows_line
        self._undo_seconds = undo_seconds
        self._not_yet_seconds = not_yet_seconds
        self._tells_away = tells_away
        self._sold_out_link = sold_out_link
        self._gives_extra_time = gives_extra_time
        self._speaks_cloudflare = speaks_cloudflare
        self._has_more = has_more
        self._page = f"/__waitroom/{room.name}/wait"
        self._name: Header = (b"waitroom-room", room.name.encode())

    async def hold(
        self,
        request: Request,
        kind: Kind,
        state: State,
        links: PlaceLinks = WITH_COOKIES,
        form: Kept = Kept.NONE,
    ) -> None:
        """Tells a visitor where they stand."""
        headers = [(b"retry-after", b"%d" % state.refresh_after), self._name]
        if state.position is not None:
            headers.append((b"waitroom-position", b"%d" % state.position))
        headers += request.gifts
        status = self._hold_status
        request.counters[PAGE if kind is Kind.NAVIGATION else ANSWER] += 1
        languages = request.languages
        if kind is Kind.NAVIGATION:
            # for those without JavaScript, or whose script did not arrive: where it runs it calls this off
            refresh = b"%d" % state.refresh_after
            if links.spare:
                refresh += b"; url=" + links.spare.encode()
            if state.state != "left":
                headers.append((b"refresh", refresh))
            moved = self._editions.theme.moved
            if moved is not None and _page_state(state) not in OURS:
                page = moved.made(with_hours(members(self._room, state, time.time())))
            else:
                page = self.page(state, links.target or request.target, languages, links, form=form)
            referrer = SECRET if links.query else OPEN
            await send_page(request, status, page, headers, referrer=referrer)
            return
        headers += (NO_STORE, VARY)
        if self._speaks_cloudflare and asks_for_cloudflares(request.scope["headers"]):
            body = cloudflares(self._room, state, time.time())
            await answer(request.scope, request.send, status, JSON, body, headers)
        else:
            detail = _DETAILS.get(_page_state(state), "There is a line. Ask again later.")
            told = {**state.members(languages), "page": self._page}
            body = problem(status, state.state, detail, told)
            await answer(request.scope, request.send, status, PROBLEM, body, headers)

    async def refuse(self, request: Request) -> None:
        """A bare refusal, for what no person looks at."""
        request.counters[REFUSED] += 1
        headers = [(b"retry-after", b"%d" % REFUSED_RETRY_SECONDS), NO_STORE, VARY, self._name]
        text = self._editions.first.texts.refusal(503)
        await answer(request.scope, request.send, 503, TEXT, text.encode(), headers)

    async def hand_back(self, request: Request, letter: str) -> None:
        """A page that sends the same form again, sealed: then the browser sends the visitor's cookies."""
        request.counters[RETURNED] += 1
        pages = self._editions.to(request.languages)
        page = pages.hand_back(FIELD, letter, request.target)
        await send_page(request, 200, page, [self._name])

    async def redirect(self, request: Request) -> None:
        """Asks for the same address again by GET: then the browser sends the visitor's cookies."""
        request.counters[RETURNED] += 1
        location = (b"location", local_target(request.target).encode("latin-1", "replace"))
        await answer(request.scope, request.send, 303, TEXT, b"", [location, NO_STORE, VARY, self._name])

    async def open_at_the_top(self, request: Request, *, again: bool) -> None:
        """For somebody whose page stands in a frame, where the browser keeps their cookies back: a link to the same
        address in a window of its own. ``again``: the browser asks once more first, from this page."""
        request.counters[PAGE] += 1
        pages = self._editions.to(request.languages)
        page = pages.framed(self._room.name, request.target)
        headers = [self._name]
        if again:
            headers.append((b"refresh", b"0"))
        await send_page(request, self._hold_status, page, headers)

    def page(
        self,
        state: State,
        target: str,
        languages: Wanted = (),
        links: PlaceLinks = WITH_COOKIES,
        *,
        slip: str = "",
        asked: AskedView | None = None,
        form: Kept = Kept.NONE,
    ) -> Page:
        """The page of a visitor who is not let in and reads these languages. ``target`` is the address first asked for,
        ``slip`` what undoes the leaving, ``asked`` what asks them how the wait was."""
        rules, message = self._room.rules, state.message.to(languages)
        view = PageView(
            room=self._room.name,
            state=_page_state(state),
            position=state.position,
            ahead=state.ahead,
            waiting=state.waiting,
            eta_range=(state.eta.low, state.eta.high) if state.eta else None,
            eta_reason=state.eta_reason,
            refresh_after=state.refresh_after,
            code=state.code,
            message=message.text,
            message_language=message.language,
            keep_seconds=rules.keep_ms // 1000,
            presence_seconds=rules.presence_ms // 1000,
            target=target,
            opens=datetime.fromtimestamp(state.opens_at // 1000, self._timezone) if state.opens_at else None,
            opens_in=state.opens_in,
            drawn=bool(self._room.event.commitment),
            takes_codes=self._takes_codes,
            has_more=self._has_more,
            spare_link=links.spare,
            query=links.query,
            takes_along=self._takes_along,
            first_state=state.to_json().decode() if self._follows_line else "",
            slip=slip,
            form=form.value,
            undo_seconds=self._undo_seconds,
            not_yet_seconds=self._not_yet_seconds,
            gives_extra_time=self._gives_extra_time,
            rests_in=state.rests_in,
            sold_out_link=self._sold_out_link,
            tells_away=self._tells_away,
            returns=rules.sold_out is SoldOut.RETURNS and rules.mode is not Mode.CLOSED,
            goes_on_alone=self._room.alone is not None,
            back=self._back(state.rests_in or self._not_yet_seconds),
            asked=asked,
        )
        return self._editions.to(languages).waiting(view)

    def _back(self, seconds: int) -> datetime:
        """So long from now, on the room's clock; told a minute early rather than late."""
        return datetime.fromtimestamp(time.time() + seconds, self._timezone).replace(second=0, microsecond=0)


def _page_state(state: State) -> PageState:
    match state.state:
        case "left" if state.notice is Notice.MOVED:
            return "moved"
        case "closed" if state.notice is Notice.SOLD_OUT:
            return "soldout"
        case "closed" | "left" | "called":
            return state.state
        case _:
            return _PAGE_STATES.get(state.notice, "waiting")
