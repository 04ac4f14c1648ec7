"""The settings: what there is to set, and how it is read from a TOML file and the environment."""

from waitroom.line.rules import Mode
from waitroom.settings.adaptive import AdaptiveSettings
from waitroom.settings.approval import ApprovalSettings
from waitroom.settings.bypass import BypassSettings, WebhookSettings
from waitroom.settings.duration import format_duration, parse_duration
from waitroom.settings.kinds import allowed
from waitroom.settings.loading import load
from waitroom.settings.manual import manual
from waitroom.settings.room import RESERVED_NAMES, RoomSettings
from waitroom.settings.secret import resolve_secret, resolve_webhook_secrets
from waitroom.settings.site import Settings

__all__ = [
    "RESERVED_NAMES",
    "AdaptiveSettings",
    "ApprovalSettings",
    "BypassSettings",
    "Mode",
    "RoomSettings",
    "Settings",
    "WebhookSettings",
    "allowed",
    "format_duration",
    "load",
    "manual",
    "parse_duration",
    "resolve_secret",
    "resolve_webhook_secrets",
]
