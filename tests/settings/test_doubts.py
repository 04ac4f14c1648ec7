"""What is allowed and hardly meant is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from waitroom.settings import Settings
from waitroom.settings.doubts import doubts

Read = Callable[..., Settings]
ROOM = '[[rooms]]\nname = "a"\nrate = 5\n'
HOOK = '[[webhooks]]\nname = "pay"\npaths = ["/pay"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            ROOM + "[rooms.adaptive]\non = true\n",
            'rooms[0].adaptive.least (room "a"): 6 is above rate (5): admissions never follow the shop',
        ),
        (
            '[[shaping.classes]]\nname = "pay"\npaths = ["/pay"]\n',
            "shaping.classes: they do nothing without concurrency",
        ),
        (
            HOOK + 'style = "stripe"\nsecret = "sk_live_0123456789"\n',
            'webhooks[0].secret (webhook "pay"): a signing secret of Stripe begins with whsec_; is it an API key?',
        ),
    ],
)
def test_what_is_doubtful_is_told(read: Read, text: str, said: str) -> None:
    """In one line, without any secret."""
    assert [said] == list(doubts(read(text)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ROOM,
        ROOM + "[rooms.adaptive]\non = true\nleast = 5\n",
        '[shaping]\nconcurrency = 9\n[[shaping.classes]]\nname = "pay"\npaths = ["/pay"]\n',
        HOOK + 'style = "stripe"\nsecret = "whsec_0123456789"\n',
        HOOK + 'style = "shopify"\nsecret = "0123456789abcdef"\n',
    ],
)
def test_what_is_well_is_not_told(read: Read, text: str) -> None:
    """Silence means that there is nothing to look at."""
    assert [] == list(doubts(read(text)))
