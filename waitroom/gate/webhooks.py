"""Webhooks at the gate: a provider's message passes by its signature, once."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.types import Message

from waitroom.complaints import Complaints
from waitroom.gate.bodies import Bodies
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.rooms import clear_path
from waitroom.shaping.bypass import covers
from waitroom.shaping.deliveries import Claim, Deliveries
from waitroom.shaping.signatures import Delivery, Scheme, SignatureError

logger = logging.getLogger("waitroom.gate")

MARGIN_SECONDS = 60.0
"""How much longer than a signature's own time it is remembered: clocks of workers differ."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One provider's messages: at which paths, how they are signed, and how large they may be."""

    name: str
    paths: tuple[str, ...]
    scheme: Scheme
    max_body_bytes: int
    remember_seconds: float
    """For signatures that have no time of their own."""


class Webhooks:
    """Takes verified messages to the shop. What is not verified goes there only where nobody is held, and is given no
    place in line: no provider could come back with it.

    ``clock`` is Unix time in seconds.
    """

    def __init__(
        self,
        webhooks: Sequence[Webhook],
        deliveries: Deliveries,
        bodies: Bodies,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._webhooks = tuple(webhooks)
        self._deliveries = deliveries
        self._bodies = bodies
        self._clock = clock
        self._complaints = Complaints(logger)

    async def take(self, request: Request, bring: Callable[[], Awaitable[None]]) -> bool:
        """Lets ``bring`` take the request to the shop, if it is a provider's and has not been there; whether it was."""
        if request.scope["method"] != "POST":
            return False
        path = clear_path(request.path)
        webhooks = [
            webhook
            for webhook in self._webhooks
            if path is not None and any(covers(pattern, path) for pattern in webhook.paths)
        ]
        if not webhooks:
            return False
        found = await self._find([each for each in webhooks if self._may_be(each, request)], request)
        if found is not None:
            await self._bring(*found, request, bring)
            return True
        if request.kind is not Kind.FOREIGN:  # a shopper whom a bank sends back is no provider
            request.counts_as = Kind.SUBRESOURCE
        return False

    def _may_be(self, webhook: Webhook, request: Request) -> bool:
        """Whether the headers alone do not show that it is no message of this webhook."""
        headers = request.scope["headers"]
        if not webhook.scheme.claims(headers):
            return False
        try:
            webhook.scheme.check(headers, self._clock())
        except SignatureError as error:
            self._complain(webhook, request, str(error))
            return False
        return True

    async def _find(self, webhooks: Sequence[Webhook], request: Request) -> tuple[Webhook, Claim] | None:
        """The webhook of which a request is a message, to be brought now."""
        if not webhooks:
            return None
        body = await self._bodies.read(request, max(each.max_body_bytes for each in webhooks))
        for webhook in webhooks:
            claim = await self._claim(webhook, request, body)
            if claim is not None:
                return webhook, claim
        return None

    async def _claim(self, webhook: Webhook, request: Request, body: bytes | None) -> Claim | None:
        if body is None or len(body) > webhook.max_body_bytes:
            self._complain(webhook, request, "its body is too large or too slow, or too many come at once")
            return None
        visitor, target = request.visitor, request.target
        delivery = Delivery(
            method=request.scope["method"],
            target=target,
            url=f"{visitor.scheme}://{visitor.host.decode('latin-1')}{target}",
            headers=request.scope["headers"],
            body=body,
        )
        try:
            proof = webhook.scheme.verify(delivery, self._clock())
        except SignatureError as error:
            self._complain(webhook, request, str(error))
            return None
        claim = await self._deliveries.claim(webhook.name, proof)
        if claim is None:
            self._complain(webhook, request, "it was delivered before, or is under way")
        return claim

    async def _bring(
        self, webhook: Webhook, claim: Claim, request: Request, bring: Callable[[], Awaitable[None]]
    ) -> None:
        send = request.send
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        request.send = noted
        try:
            await bring()
        finally:
            # the provider tries again what was not taken: only what was is not to come again
            if 200 <= status < 300:
                keep = claim.proof.keep_seconds
                seconds = webhook.remember_seconds if keep is None else keep + MARGIN_SECONDS
                await self._deliveries.delivered(claim, remember_seconds=seconds)
            else:
                await self._deliveries.failed(claim)

    def _complain(self, webhook: Webhook, request: Request, reason: str) -> None:
        self._complaints.warn(
            f"{webhook.name} {reason}",
            "webhook %s: POST %s does not pass: %s",
            webhook.name,
            request.path[:200],
            reason,
        )
