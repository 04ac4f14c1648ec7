"""The words of the visitor's pages that are put together from numbers or chosen by a status code.

All others stand in the templates. Both are marked for gettext, so that one catalogue will hold them.
What the script must say comes from here too, through the page's data attributes: it holds no words itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from http import HTTPStatus
from typing import Literal

from waitroom.shaping.invitation import Refusal
from waitroom.shaping.reason import Reason

InvitationPage = Literal["opened", "required", "code"] | Refusal
"""What a page about invitations is for; a refusal: why one does not count."""

_MINUTE = 60
_HOUR = 60 * _MINUTE


@dataclass(frozen=True, slots=True)
class EtaForms:
    """The ways to say an estimate, with ``{low}``, ``{high}``, ``{h}`` and ``{m}`` to be filled in.

    Units are short forms on purpose: they have no plural, so the script can fill them in too.
    """

    eta_unknown: str
    eta_under: str
    eta_about: str
    eta_between: str
    eta_between_minutes: str
    minutes: str
    hours: str
    hours_minutes: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a request was not served: a title and what to do about it. Plain text."""

    title: str
    detail: str


class Texts:
    """The words in one language. ``translations`` gives the language; the null one is English."""

    def __init__(self, translations: NullTranslations | None = None) -> None:
        self._translations = translations = translations or NullTranslations()
        gettext = translations.gettext
        self.name = gettext("Waiting room")
        self.eta_forms = EtaForms(
            eta_unknown=gettext("Not known yet"),
            eta_under=gettext("Under {high}"),
            eta_about=gettext("About {high}"),
            eta_between=gettext("{low} – {high}"),
            eta_between_minutes=gettext("{low}–{high} min"),
            minutes=gettext("{m} min"),
            hours=gettext("{h} h"),
            hours_minutes=gettext("{h} h {m} min"),
        )
        self.reasons = {
            Reason.RESUMED: gettext("The line goes on."),
            Reason.RATE_LOWERED: gettext("The shop lets people in more slowly now."),
            Reason.RATE_RAISED: gettext("The shop lets people in faster now."),
            Reason.CAPACITY_LOWERED: gettext("The shop has less room now."),
            Reason.CAPACITY_RAISED: gettext("The shop has more room now."),
            Reason.OPENING_MOVED: gettext("The opening was moved."),
            Reason.SCHEDULE_CHANGED: gettext("The shop has changed its times."),
            Reason.SHOP_SLOW: gettext("The shop is slower than before."),
            Reason.SHOP_FASTER: gettext("The shop is faster than before."),
            Reason.OTHER_LANES: gettext("People in another lane are let in too."),
            Reason.OTHERS_FIRST: gettext(
                "The support desk let somebody go ahead. Your number waits for them."
            ),
            Reason.SUPPORT: gettext("The support desk has given you this place."),
            Reason.OTHERS_BACK: gettext("People ahead of you came back. Your number waits for them."),
        }

    def number(self, number: int | None) -> str:
        """A whole number with its thousands set apart; a dash where it is not known."""
        return "–" if number is None else f"{number:,}"

    def eta(self, eta_range: tuple[int, int] | None) -> str:
        """An estimate in words, from the shortest and the longest wait in seconds.

        Rounded outwards, to steps that grow with the wait, so that it never claims more than is known.
        ``waiting.js`` does the same for live updates; a browser test holds the two together.
        """
        forms = self.eta_forms
        if eta_range is None:
            return forms.eta_unknown
        high = max(1, -(-eta_range[1] // _MINUTE))
        step = 15 if high > 120 else 5 if high > 30 else 1
        high = -(-high // step) * step
        low = eta_range[0] // _MINUTE // step * step
        if low <= 0:
            return forms.eta_under.format(high=self._minutes(high))
        if low >= high:
            return forms.eta_about.format(high=self._minutes(high))
        if high < 60:
            return forms.eta_between_minutes.format(low=low, high=high)
        return forms.eta_between.format(low=self._minutes(low), high=self._minutes(high))

    def duration(self, seconds: int) -> str:
        """A length of time that the room promises, in whole units: "45 seconds", "10 minutes", "2 hours"."""
        ngettext = self._translations.ngettext
        if seconds >= _HOUR and seconds % _HOUR == 0:
            hours = seconds // _HOUR
            return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
        if seconds >= _MINUTE and (seconds % _MINUTE == 0 or seconds >= 5 * _MINUTE):
            # Rounded down: a promise is never made longer than the room keeps it.
            minutes = seconds // _MINUTE
            return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
        return ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)

    def moment(self, moment: datetime) -> str:
        """A moment to the minute, with its time zone named: "1 December 2026, 10:00 EET"."""
        return f"{moment.day} {moment:%B %Y, %H:%M %Z}"

    def trouble(self, status: int) -> Trouble:
        """What a page, a problem document or a bare refusal says for an HTTP status."""
        gettext = self._translations.gettext
        match status:
            case 502:
                return Trouble(
                    gettext("The shop did not answer"),
                    gettext(
                        "You are still inside: your session is kept, and you will not have to wait in line "
                        "again. Please try again in a moment."
                    ),
                )
            case 504:
                return Trouble(
                    gettext("The shop is taking too long"),
                    gettext(
                        "It did not answer in time. You are still inside: your session is kept, and you will "
                        "not have to wait in line again. Please try again in a moment."
                    ),
                )
            case 503:
                return Trouble(
                    gettext("We cannot let you in right now"),
                    gettext("If you have a place in line, it is safe. Please try again in a moment."),
                )
            case 404:
                return Trouble(
                    gettext("There is nothing here"),
                    gettext("Please check the address, or go back to the shop."),
                )
            case _ if status < 500:
                return Trouble(
                    gettext("This request could not be used"),
                    f"{status} {_phrase(status)}. "
                    + gettext("Nothing was sent to the shop, and a place in line is not affected."),
                )
            case _:
                return Trouble(
                    gettext("Something went wrong on our side"),
                    gettext("If you have a place in line, it is safe. Please try again in a moment."),
                )

    def invitation(self, asked: InvitationPage) -> Trouble:
        """The heading of a page about invitations."""
        gettext = self._translations.gettext
        match asked:
            case "opened":
                return Trouble(
                    gettext("You’re invited"),
                    gettext("Press continue to use your invitation. Until then nothing is used up."),
                )
            case "required":
                return Trouble(
                    gettext("By invitation only"),
                    gettext(
                        "To come in, open the link in your invitation again, in this browser, or type the code that "
                        "you were given."
                    ),
                )
            case "code":
                return Trouble(
                    gettext("Have a code?"), gettext("Type it as you were given it. Capitals do not matter.")
                )
            case _:
                return Trouble(gettext("This invitation can’t be used"), self.refused(asked))

    def refused(self, refusal: Refusal) -> str:
        """Why an invitation or a code does not count, and what to do about it."""
        gettext = self._translations.gettext
        match refusal:
            case Refusal.CUT | Refusal.FORGED:
                return gettext("The link is not complete. Open it again from the message, or copy all of it.")
            case Refusal.OTHER_ROOM | Refusal.UNKNOWN_LANE | Refusal.WRONG_CLAIM:
                return gettext("It is not for this line.")
            case Refusal.NOT_YET:
                return gettext("It is too early: it does not count yet. Keep it and come back later.")
            case Refusal.EXPIRED:
                return gettext("Its time is over.")
            case Refusal.REVOKED:
                return gettext("The shop has withdrawn it.")
            case Refusal.USED_UP:
                return gettext("It has been used already.")
            case Refusal.MISTYPED:
                return gettext("This is not a code: please check it for a slip.")
            case Refusal.UNKNOWN_CODE:
                return gettext("There is no such code. Please check it.")
            case Refusal.TOO_MANY_TRIES:
                return gettext("Too many wrong codes came from your network. Please try again in a minute.")

    def put_off(self, status: int) -> Trouble:
        """What the page says of a request that was not sent to the shop: 503 of a busy shop, 429 of a hasty visitor."""
        gettext = self._translations.gettext
        title = (
            gettext("You are asking very often")
            if status == 429
            else gettext("The shop is very busy just now")
        )
        return Trouble(
            title,
            gettext(
                "Your last step was not sent to the shop: nothing was ordered or paid by it. If you are inside, you "
                "stay inside. Please try again in a moment."
            ),
        )

    def refusal(self, status: int) -> str:
        """The whole body of a bare refusal, as plain text, for what is not shown to a person."""
        trouble = self.trouble(status)
        return f"{trouble.title}. {trouble.detail}\n"

    def _minutes(self, minutes: int) -> str:
        hours, rest = divmod(minutes, 60)
        if not hours:
            return self.eta_forms.minutes.format(m=rest)
        if not rest:
            return self.eta_forms.hours.format(h=hours)
        return self.eta_forms.hours_minutes.format(h=hours, m=rest)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
