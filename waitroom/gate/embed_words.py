"""The words of the script that shows the wait over a page of the shop, in one language.

By the states and notices of the JSON, and by the parts of what is shown. ``{}`` is filled in. ``lang`` and ``dir`` say
in which language they are. A shop changes them by attributes of the script.
"""

from __future__ import annotations

from collections.abc import Mapping

from waitroom.words.language import Language


def embed_words(spoken: Language) -> Mapping[str, str]:
    """All of them, by name."""
    gettext = spoken.words.gettext
    return {
        "lang": spoken.spoken,
        "dir": spoken.direction,
        "name": gettext("Waiting room"),
        "waiting": gettext("You are in line"),
        "called": gettext("It is your turn"),
        "closed": gettext("The shop is closed"),
        # Translators: {} is the number of a place in line.
        "place": gettext("Your place: {}"),
        # Translators: {} is a length of time, as "5–8 minutes".
        "eta": gettext("Wait: {}"),
        # Translators: {} is a date and a time: when the doors open.
        "opens": gettext("Opens {}"),
        "kept": gettext("Your place is kept. This page goes on by itself when it is your turn."),
        "paused": gettext("The line stands still for a moment. Your place is kept."),
        "late": gettext("Your turn came while you were away. You enter as soon as there is room."),
        "missed": gettext("Your turn was too long ago. This is a new place."),
        "restarted": gettext("The line was begun anew. This is a new place."),
        "before-opening": gettext("Nobody enters before the opening. This page goes on by itself."),
        "resting": gettext("You let others pass. Your place is kept."),
        "moved": gettext("Your place went to another device."),
        "unavailable": gettext("The line cannot be reached just now. Your place is safe."),
        # Translators: {} is a time of day.
        "lost": gettext("Connection lost. Last heard at {}. Your place is kept."),
        # Translators: a link to the waiting page, and a button that closes a window over the shop's page.
        "open": gettext("Open the waiting room"),
        "hide": gettext("Look around meanwhile"),
        "leave": gettext("Give up my place"),
    }
