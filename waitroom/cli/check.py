"""``waitroom check``: would the gateway run with this configuration?"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import typer

from waitroom.assembly.gate import origin_of
from waitroom.assembly.pages import examine_pages
from waitroom.assembly.redis import connect
from waitroom.embedded import find_server
from waitroom.errors import OriginError, WaitroomError
from waitroom.redis.address import RedisAddress
from waitroom.redis.examining import examine
from waitroom.settings import (
    Settings,
    resolve_channels,
    resolve_provider,
    resolve_reminders,
    resolve_secret,
    resolve_webhook_secrets,
)
from waitroom.settings.doubts import doubts


def run_checks(settings: Settings) -> bool:
    """Prints one line a check, and returns whether all is well."""
    names = ", ".join(room.name for room in settings.rooms)
    typer.echo(f"ok    settings: {len(settings.rooms)} room(s): {names}")
    results = [
        _check_secret(settings),
        _check_webhooks(settings),
        _check_channels(settings),
        _check_reminders(settings),
        _check_doubts(settings),
        _check_themes(settings),
        asyncio.run(_check_provider(settings)),
        asyncio.run(_check_redis(settings)),
        asyncio.run(_check_origin(settings)),
    ]
    return all(results)


def _check_secret(settings: Settings) -> bool:
    if not settings.secret and settings.secret_file is None and not (settings.data_dir / "secret").exists():
        return _good(f"secret: none yet; the first start makes one in {settings.data_dir}")
    try:
        secrets = resolve_secret(settings)
    except WaitroomError as error:
        return _bad(f"secret: {error}")
    return _good(f"secret: {len(secrets)} key(s)")


def _check_webhooks(settings: Settings) -> bool:
    if not settings.webhooks:
        return True
    try:
        resolve_webhook_secrets(settings)
    except WaitroomError as error:
        return _bad(f"webhooks: {error}")
    return _good(f"webhooks: {', '.join(webhook.name for webhook in settings.webhooks)}")


def _check_channels(settings: Settings) -> bool:
    if not settings.notify:
        return True
    # loaded by who has channels: it is large
    from admin.alerts.channels import channel_of

    try:
        channels = resolve_channels(settings).notify
    except WaitroomError as error:
        return _bad(f"channels: {error}")
    faults = [
        f"{each.name}: {fault}"
        for each in channels
        if each.kind == "apprise" and (fault := channel_of(each).fault)
    ]
    if faults:
        return _bad(f"channels: {'; '.join(faults)}")
    return _good(f"channels: {', '.join(channel.name for channel in channels)}")


def _check_reminders(settings: Settings) -> bool:
    rooms = [room for room in settings.rooms if room.reminders.channels]
    if not rooms:
        return True
    try:
        resolve_reminders(settings)
    except WaitroomError as error:
        return _bad(f"reminders: {error}")
    return _good(
        "reminders: " + "; ".join(f"{room.name}: {', '.join(room.reminders.channels)}" for room in rooms)
    )


async def _check_provider(settings: Settings) -> bool:
    if settings.sign_in.oidc is None:
        return True
    from admin.auth.oidc.metadata import ProviderData, ProviderError

    try:
        oidc = resolve_provider(settings).sign_in.oidc
        if oidc is not None:
            await ProviderData(oidc).keys()
    except (WaitroomError, ProviderError) as error:
        return _bad(f"sign-in provider: {error}")
    return _good(f"sign-in provider: {settings.sign_in.oidc.issuer}")


def _check_themes(settings: Settings) -> bool:
    try:
        proofs = list(examine_pages(settings))
    except WaitroomError as error:
        return _bad(str(error))
    for proof in proofs:
        _good(f"templates: {proof}")
    return True


def _check_doubts(settings: Settings) -> bool:
    """Tell what is allowed and doubtful; nothing is wrong by it."""
    with suppress(WaitroomError):  # told where the webhooks are checked
        settings = resolve_webhook_secrets(settings)
    for doubt in doubts(settings):
        typer.echo(f"doubt {doubt}")
    return True


async def _check_redis(settings: Settings) -> bool:
    if settings.redis_url is None:
        try:
            return _good(f"redis: embedded, {find_server()}")
        except WaitroomError as error:
            return _bad(f"redis: {error}")
    redis = connect(settings.redis_url, settings)
    try:
        found = await examine(redis, RedisAddress.parse(settings.redis_url))
    finally:
        await redis.aclose()
    for fault in found.faults:
        _bad(f"redis: {fault}")
    if not found.faults:
        _good(f"redis: {found.name}")
    for doubt in found.doubts:
        typer.echo(f"doubt redis: {doubt}")
    return not found.faults


async def _check_origin(settings: Settings) -> bool:
    results = [
        _bad(f"origin: {probe.address}: {probe.outcome}")
        if isinstance(probe.outcome, OriginError)
        else _good(f"origin: {probe.address} answers {probe.outcome}")
        for probe in await origin_of(settings).probe_each()
    ]
    return all(results)


def _good(text: str) -> bool:
    typer.echo(f"ok    {text}")
    return True


def _bad(text: str) -> bool:
    typer.echo(f"WRONG {text}")
    return False
