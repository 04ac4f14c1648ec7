"""The secrets that sign tickets and passes: those that were set, or one that is generated once and kept."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

from waitroom.errors import SettingsError
from waitroom.settings.bypass import WebhookSettings, check_keys
from waitroom.settings.notify import NotifySettings, check_channel
from waitroom.settings.reminders import SLOT
from waitroom.settings.room import RoomSettings
from waitroom.settings.site import Settings

_SHORTEST = 16
# Docker and Kubernetes hand secrets in as files that others may read, in a container of its own.
_WRITABLE = stat.S_IWGRP | stat.S_IWOTH


def resolve_secret(settings: Settings) -> tuple[str, ...]:
    """Return the secrets, newest first: the first signs, all are believed.

    When none is set, one is generated and kept in ``data_dir/secret``, which only its owner may read;
    processes that start at the same time agree on it. Raises ``SettingsError`` when a file cannot be used.
    """
    if settings.secret:
        return tuple(secret.get_secret_value() for secret in settings.secret)
    if settings.secret_file is not None:
        return _read(settings.secret_file, "secret_file", forbidden=_WRITABLE)
    kept = settings.data_dir / "secret"
    try:
        if not kept.exists():
            _generate(kept)
    except OSError as error:
        raise SettingsError(
            f"data_dir: no secret can be kept in {kept}: {error.strerror}; set data_dir, or set secret"
        ) from None
    return _read(kept, "generated secret", forbidden=stat.S_IRWXG | stat.S_IRWXO)


def resolve_webhook_secrets(settings: Settings) -> Settings:
    """Return the settings with the secrets of each webhook in them, where a file holds them.

    Raises ``SettingsError`` when a file cannot be used.
    """
    webhooks = tuple(_with_secrets(webhook) for webhook in settings.webhooks)
    return settings.model_copy(update={"webhooks": webhooks})


def _with_secrets(webhook: WebhookSettings) -> WebhookSettings:
    path = webhook.secret_file
    if path is None:
        return webhook
    name = f"secret_file of webhook {webhook.name}"
    secrets = _read(path, name, forbidden=_WRITABLE)
    try:
        check_keys(webhook, secrets)
    except PydanticCustomError as error:
        raise SettingsError(f"{name}: {path}: {error.message()}") from None
    found = tuple(SecretStr(secret) for secret in secrets)
    return webhook.model_copy(update={"secret": found, "secret_file": None})


def resolve_channels(settings: Settings) -> Settings:
    """Return the settings with the address and the secrets of each channel in them, where files hold them.

    Raises ``SettingsError`` when a file cannot be used.
    """
    return settings.model_copy(update={"notify": tuple(map(_whole_channel, settings.notify))})


def _whole_channel(channel: NotifySettings) -> NotifySettings:
    found: dict[str, object] = {}
    if channel.secret_file is not None:
        secrets = _read(channel.secret_file, f"secret_file of channel {channel.name}", forbidden=_WRITABLE)
        found |= {"secret": tuple(map(SecretStr, secrets)), "secret_file": None}
    if channel.url_file is not None:
        name = f"url_file of channel {channel.name}"
        urls = _read(channel.url_file, name, forbidden=_WRITABLE, shortest=1)
        if len(urls) != 1:
            raise SettingsError(
                f"{name}: {channel.url_file} has {len(urls)} lines; allowed: one, the address"
            )
        found |= {"url": SecretStr(urls[0]), "url_file": None}
    whole = channel.model_copy(update=found)
    try:
        check_channel(whole)
    except PydanticCustomError as error:
        raise SettingsError(f"channel {channel.name}: {error.message()}") from None
    return whole


def resolve_reminders(settings: Settings) -> Settings:
    """Return the settings with the addresses of each room's reminders in them, where files hold them.

    Raises ``SettingsError`` when a file cannot be used, or Apprise cannot use what it holds.
    """
    return settings.model_copy(update={"rooms": tuple(map(_whole_reminders, settings.rooms))})


def _whole_reminders(room: RoomSettings) -> RoomSettings:
    if not room.reminders.channels:
        return room
    from waitroom.reminders.apprised import is_usable  # large, and seldom wanted

    found: dict[str, object] = {}
    for channel in room.reminders.channels:
        name = f"{channel}_file of the reminders of room {room.name}"
        if (file := room.reminders.file(channel)) is not None:
            lines = _read(file, name, forbidden=_WRITABLE, shortest=1)
            if len(lines) != 1 or SLOT not in lines[0]:
                raise SettingsError(f"{name}: {file} must have one line, an address with {SLOT} in it")
            found |= {channel.value: SecretStr(lines[0]), f"{channel}_file": None}
    reminders = room.reminders.model_copy(update=found)
    for channel in reminders.channels:
        if not is_usable(channel, reminders.template(channel)):
            raise SettingsError(f"room {room.name}: reminders: Apprise cannot use the address of {channel}")
    return room.model_copy(update={"reminders": reminders})


def resolve_provider(settings: Settings) -> Settings:
    """Return the settings with the console's secret at the sign-in provider in them, where a file holds it.

    Raises ``SettingsError`` when the file cannot be used.
    """
    oidc = settings.sign_in.oidc
    if oidc is None or oidc.client_secret_file is None:
        return settings
    secret, *more = _read(oidc.client_secret_file, "client_secret_file", forbidden=_WRITABLE, shortest=1)
    if more:
        raise SettingsError(
            f"client_secret_file: {oidc.client_secret_file} has several lines; allowed: one, the secret"
        )
    whole = oidc.model_copy(update={"client_secret": SecretStr(secret), "client_secret_file": None})
    return settings.model_copy(update={"sign_in": settings.sign_in.model_copy(update={"oidc": whole})})


def _generate(kept: Path) -> None:
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written whole elsewhere and linked into place, which fails where another process was first:
    # so nobody ever reads half a secret, and all read the same one.
    descriptor, draft = tempfile.mkstemp(prefix=".secret-", dir=kept.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_urlsafe(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, kept)
    finally:
        Path(draft).unlink()


def _read(path: Path, name: str, *, forbidden: int, shortest: int = _SHORTEST) -> tuple[str, ...]:
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise SettingsError(f"{name}: there is no file {path}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{name}: {path} is not UTF-8 text") from None
    except OSError as error:
        raise SettingsError(f"{name}: {path} cannot be read: {error.strerror}") from None
    if mode & forbidden:
        raise SettingsError(
            f"{name}: {path} has mode {stat.S_IMODE(mode):04o}, so others may "
            f"{'read' if forbidden & stat.S_IRGRP else 'change'} it; allowed: 0600 (chmod 600 {path})"
        )
    found = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise SettingsError(f"{name}: {path} is empty; allowed: one secret per line, newest first")
    for number, secret in found:
        if len(secret) < shortest:
            raise SettingsError(
                f"{path}:{number}: {name}: given a secret of {len(secret)} characters; "
                f"allowed: at least {shortest}"
            )
    return tuple(secret for _, secret in found)
