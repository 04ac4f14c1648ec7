"""Puts together who never queues, from the settings."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

from redis.asyncio import Redis

from waitroom.gate.bodies import Bodies
from waitroom.gate.bypass import Bypass
from waitroom.gate.logged import LoggedAddresses
from waitroom.gate.webhooks import Webhook, Webhooks
from waitroom.proxy import TrustedProxies
from waitroom.settings import BypassSettings, Settings, WebhookSettings
from waitroom.settings.bypass import key_bytes
from waitroom.shaping.bypass import Rule
from waitroom.shaping.crawlers import Crawlers
from waitroom.shaping.deliveries import Deliveries
from waitroom.shaping.signatures import Adyen, Hmac, Scheme, Shopify, Standard, Stripe


def bypasses(
    settings: Settings, redis: Redis, trusted: TrustedProxies, bodies: Bodies, logged: LoggedAddresses
) -> Callable[[str], Bypass | None]:
    """What lets requests pass in a room, by its name: None where nothing does. The rooms share what is known."""
    rules = [rule_of(each) for each in settings.bypass]
    webhooks = None
    if settings.webhooks:
        webhooks = Webhooks([webhook_of(each) for each in settings.webhooks], Deliveries(redis), bodies)
    crawlers = None
    if any(rule.crawlers for rule in rules):
        from waitroom.shaping.resolver import DnsResolver  # a large library, for those who need it

        crawlers = Crawlers(DnsResolver())

    def of_room(room: str) -> Bypass | None:
        here = [rule for rule in rules if not rule.rooms or room in rule.rooms]
        return Bypass(room, here, webhooks, crawlers, trusted, logged) if here or webhooks else None

    return of_room


def rule_of(settings: BypassSettings) -> Rule:
    """A rule as the file has it."""
    return Rule(
        name=settings.name,
        rooms=frozenset(settings.rooms),
        paths=settings.paths,
        methods=frozenset(settings.methods),
        networks=tuple(ip_network(network) for network in settings.networks),
        crawlers=frozenset(settings.crawlers),
    )


def webhook_of(settings: WebhookSettings) -> Webhook:
    """A webhook as the file has it, with its secrets in it."""
    return Webhook(
        name=settings.name,
        paths=settings.paths,
        scheme=_scheme_of(settings),
        max_body_bytes=settings.max_body_bytes,
        remember_seconds=settings.remember,
    )


def _scheme_of(settings: WebhookSettings) -> Scheme:
    keys = tuple(key_bytes(settings, secret.get_secret_value()) for secret in settings.secret)
    match settings.style:
        case "stripe":
            return Stripe(keys, settings.tolerance)
        case "standard":
            return Standard(keys, settings.tolerance)
        case "shopify":
            return Shopify(keys)
        case "adyen":
            return Adyen(keys)
        case "hmac":
            stamped = settings.timestamp_header
            return Hmac(
                keys,
                header=(settings.header or "").lower().encode(),
                encoding=settings.encoding,
                algorithm=settings.algorithm,
                prefix=settings.prefix,
                signed=settings.signed,
                timestamp_header=stamped.lower().encode() if stamped else None,
                tolerance=settings.tolerance,
            )
