"""The settings: what there is to set, and how it is read from a TOML file and the environment."""

from waitroom.line.rules import Mode
from waitroom.settings.adaptive import AdaptiveSettings
from waitroom.settings.alerts import AlertRule, AlertSettings, Condition, Severity, alert_rules
from waitroom.settings.approval import ApprovalSettings
from waitroom.settings.bypass import BypassSettings, WebhookSettings
from waitroom.settings.duration import format_duration, parse_duration
from waitroom.settings.kinds import allowed
from waitroom.settings.loading import load
from waitroom.settings.manual import manual
from waitroom.settings.notify import NotifySettings
from waitroom.settings.redis import RedisSettings
from waitroom.settings.room import RESERVED_NAMES, RoomSettings
from waitroom.settings.secret import (
    resolve_channels,
    resolve_provider,
    resolve_reminders,
    resolve_secret,
    resolve_webhook_secrets,
)
from waitroom.settings.sign_in import SignInSettings
from waitroom.settings.site import Settings

__all__ = [
    "RESERVED_NAMES",
    "AdaptiveSettings",
    "AlertRule",
    "AlertSettings",
    "ApprovalSettings",
    "BypassSettings",
    "Condition",
    "Mode",
    "NotifySettings",
    "RedisSettings",
    "RoomSettings",
    "Settings",
    "Severity",
    "SignInSettings",
    "WebhookSettings",
    "alert_rules",
    "allowed",
    "format_duration",
    "load",
    "manual",
    "parse_duration",
    "resolve_channels",
    "resolve_provider",
    "resolve_reminders",
    "resolve_secret",
    "resolve_webhook_secrets",
]
