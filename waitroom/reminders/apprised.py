"""The Apprise library as this project uses it. It is imported by whoever sends, and by nobody else: it is large."""

from __future__ import annotations

import apprise

from waitroom.reminders.channels import Channel
from waitroom.reminders.post import Try, filled

_EXAMPLES = {
    Channel.MAIL: "someone@example.com",
    Channel.SMS: "+37120000000",
    Channel.WHATSAPP: "+37120000000",
}


def asset() -> apprise.AppriseAsset:
    """What all messages have in common."""
    # whoever sends has a deadline of their own, and nothing is kept on disk
    made = apprise.AppriseAsset(service_timeout=0, storage_mode=apprise.PersistentStoreMode.MEMORY)
    made.app_id = made.app_desc = "waitroom"
    made.app_url = ""
    made.async_mode = made.http_redirects = False
    return made


def is_usable(channel: Channel, template: str) -> bool:
    """Whether Apprise can send by this template."""
    return apprise.Apprise.instantiate(filled(template, _EXAMPLES[channel]), asset=asset()) is not None


def sender(template: str) -> Try:
    """What sends by this template."""
    of_all = asset()

    def send(address: str, title: str, text: str) -> bool:
        service = apprise.Apprise(asset=of_all)
        if not service.add(filled(template, address)):
            return False
        return bool(service.notify(text, title=title, body_format=apprise.NotifyFormat.TEXT))

    return send
