"""Numbers, lengths of time and moments in the words of a language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from waitroom.words.language import ENGLISH, Language

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


class Amounts:
    """How much and when, in one language."""

    def __init__(self, language: Language = ENGLISH) -> None:
        self.language = language
        self._words = language.words
        gettext = self._words.gettext
        self.eta_forms = EtaForms(
            eta_unknown=gettext("Not known yet"),
            # Translators: "Under 5 min", "About 1 h 15 min". {high} is one of the lengths of time below.
            eta_under=gettext("Under {high}"),
            eta_about=gettext("About {high}"),
            # Translators: "50 min – 1 h 10 min". Right-to-left languages better say it in words: "50 min to 1 h".
            eta_between=gettext("{low} – {high}"),
            eta_between_minutes=gettext("{low}–{high} min"),
            # Translators: short forms of minutes and hours that need no plural, since a script fills the numbers in.
            minutes=gettext("{m} min"),
            hours=gettext("{h} h"),
            hours_minutes=gettext("{h} h {m} min"),
        )

    def number(self, number: int | None) -> str:
        """A whole number with its thousands set apart; a dash where it is not known."""
        return "–" if number is None else self.language.number(number)

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
            plain = self.language.number.plain
            return forms.eta_between_minutes.format(low=plain(low), high=plain(high))
        return forms.eta_between.format(low=self._minutes(low), high=self._minutes(high))

    def lasting(self, seconds: int) -> str:
        """A length of time that the room promises, in whole units: the door stays open for "10 minutes"."""
        count, unit = _whole(seconds)
        npgettext = self._words.npgettext
        match unit:
            case "hour":
                # Translators: how long something lasts: "the door stays open for 2 hours".
                text = npgettext("lasting", "{n} hour", "{n} hours", count)
            case "minute":
                # Translators: how long something lasts: "the door stays open for 10 minutes".
                text = npgettext("lasting", "{n} minute", "{n} minutes", count)
            case _:
                # Translators: how long something lasts: "the door stays open for 45 seconds".
                text = npgettext("lasting", "{n} second", "{n} seconds", count)
        return text.format(n=self.language.number.plain(count))

    def later(self, seconds: int) -> str:
        """A time after which something happens, likewise: the page checks again in "20 seconds"."""
        count, unit = _whole(seconds)
        npgettext = self._words.npgettext
        match unit:
            case "hour":
                # Translators: after how long something happens: "in 2 hours", "after 2 hours".
                text = npgettext("after", "{n} hour", "{n} hours", count)
            case "minute":
                # Translators: after how long something happens: "in 10 minutes", "after 10 minutes".
                text = npgettext("after", "{n} minute", "{n} minutes", count)
            case _:
                # Translators: after how long something happens: "in 45 seconds", "after 45 seconds".
                text = npgettext("after", "{n} second", "{n} seconds", count)
        return text.format(n=self.language.number.plain(count))

    def moment(self, moment: datetime) -> str:
        """A moment to the minute, with its time zone named: "Dec 1, 2026, 10:00 AM EET"."""
        return f"{self.language.moment(moment)} {moment:%Z}"

    def clock(self, moment: datetime) -> str:
        """The time of day alone: "12:45 EET"."""
        return f"{self.language.time_of_day(moment)} {moment:%Z}"

    def instant(self, moment: datetime) -> str:
        """The same to the second."""
        return f"{self.language.instant(moment)} {moment:%Z}"

    def _minutes(self, minutes: int) -> str:
        hours, rest = divmod(minutes, 60)
        plain = self.language.number.plain
        form = self.eta_forms.minutes
        if hours:
            form = self.eta_forms.hours_minutes if rest else self.eta_forms.hours
        return form.format(h=plain(hours), m=plain(rest))


def _whole(seconds: int) -> tuple[int, Literal["hour", "minute", "second"]]:
    """A length of time in whole units, rounded down: a promise is never made longer than the room keeps it."""
    if seconds >= _HOUR and seconds % _HOUR == 0:
        return seconds // _HOUR, "hour"
    if seconds >= _MINUTE and (seconds % _MINUTE == 0 or seconds >= 5 * _MINUTE):
        return seconds // _MINUTE, "minute"
    return seconds, "second"
