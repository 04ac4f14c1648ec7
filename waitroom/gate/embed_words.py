"""The words of the script that shows the wait over a page of the shop: English, in one place.

By the states and notices of the JSON, and by the parts of what is shown. ``{}`` is filled in. ``lang`` and ``dir`` say
in which language they are. A shop changes them by attributes of the script.
"""

from __future__ import annotations

WORDS = {
    "lang": "en",
    "dir": "ltr",
    "name": "Waiting room",
    "waiting": "You are in line",
    "called": "It is your turn",
    "closed": "The shop is closed",
    "place": "Your place: {}",
    "eta": "Wait: {}",
    "opens": "Opens {}",
    "kept": "Your place is kept. This page goes on by itself when it is your turn.",
    "paused": "The line stands still for a moment. Your place is kept.",
    "late": "Your turn came while you were away. You enter as soon as there is room.",
    "missed": "Your turn was too long ago. This is a new place.",
    "restarted": "The line was begun anew. This is a new place.",
    "before-opening": "Nobody enters before the opening. This page goes on by itself.",
    "resting": "You let others pass. Your place is kept.",
    "moved": "Your place went to another device.",
    "unavailable": "The line cannot be reached just now. Your place is safe.",
    "lost": "Connection lost. Last heard at {}. Your place is kept.",
    "open": "Open the waiting room",
    "hide": "Look around meanwhile",
    "leave": "Give up my place",
}
