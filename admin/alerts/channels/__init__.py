"""The ways by which a message leaves."""

from admin.alerts.channels.channel import Channel
from admin.alerts.channels.webhook import WebhookChannel
from waitroom.settings import NotifySettings
from waitroom.speaking import keep_addresses_out_of_logs

__all__ = ["Channel", "WebhookChannel", "channel_of"]


def channel_of(settings: NotifySettings) -> Channel:
    """The channel that the settings describe. Their files must have been read."""
    keep_addresses_out_of_logs()
    if settings.kind == "webhook":
        return WebhookChannel(settings)
    # its library is large: who does not use it does not load it
    from admin.alerts.channels.apprised import AppriseChannel

    return AppriseChannel(settings)
