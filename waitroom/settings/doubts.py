"""Settings that are allowed, and hardly what was meant."""

from __future__ import annotations

from collections.abc import Iterator

from waitroom.settings.site import Settings

_STRIPE_PREFIX = "whsec_"


def doubts(settings: Settings) -> Iterator[str]:
    """Tell each such setting in one line: where, and what it comes to. Secrets in files must have been read."""
    for index, room in enumerate(settings.rooms):
        if room.adaptive.on and room.adaptive.least > room.rate:
            yield (
                f'rooms[{index}].adaptive.least (room "{room.name}"): {room.adaptive.least:g} is above rate '
                f"({room.rate:g}): admissions never follow the shop"
            )
    if settings.shaping.classes and not settings.shaping.concurrency:
        yield "shaping.classes: they do nothing without concurrency"
    for index, channel in enumerate(settings.notify):
        signed = channel.secret or channel.secret_file
        if channel.kind == "webhook" and channel.body is None and not signed:
            yield (
                f'notify[{index}] (channel "{channel.name}"): without secret its messages are not signed, so the '
                "receiver cannot tell them from others'"
            )
    for index, webhook in enumerate(settings.webhooks):
        keys = [secret.get_secret_value() for secret in webhook.secret]
        if webhook.style == "stripe" and not all(key.startswith(_STRIPE_PREFIX) for key in keys):
            yield (
                f'webhooks[{index}].secret (webhook "{webhook.name}"): a signing secret of Stripe begins with '
                f"{_STRIPE_PREFIX}; is it an API key?"
            )
