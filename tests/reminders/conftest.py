"""What messages are sent to: a mail server and a receiver of JSON, both real; and a gateway of two workers."""

from __future__ import annotations

import email
import email.policy
from asyncio import Server
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from redis.asyncio import Redis

from tests.admin.alerts.receiver import Receiver, receiving
from tests.contract.conftest import shop as shop
from tests.contract.harness import Gateway, House, start_gateway

ROOMS = ("mailed", "posted", "both", "limits", "twice", "page", "restart")


@dataclass
class Mailbox:
    """What a mail server has taken."""

    port: int = 0
    got: list[tuple[list[str], EmailMessage]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Takes a mail."""
        message = email.message_from_bytes(cast(bytes, envelope.content), policy=email.policy.default)
        self.got.append((list(envelope.rcpt_tos), message))
        return "250 OK"

    def to(self, address: str) -> list[tuple[str, str]]:
        """Subject and text of what one address got."""
        return [
            (str(mail["subject"]), mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
            for receivers, mail in self.got
            if receivers == [address]
        ]


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """A mail server of this machine, in a thread."""
    box = Mailbox()

    class AnyPort(Controller):
        """Finds out which port it was given."""

        def _trigger_server(self) -> None:
            self.port = box.port = cast(Server, self.server).sockets[0].getsockname()[1]
            super()._trigger_server()  # type: ignore[no-untyped-call]

    controller = AnyPort(box, hostname="127.0.0.1", port=0)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture(scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    """Takes what a service for text messages would."""
    async with receiving() as one:
        yield one


@pytest.fixture(scope="module")
async def gateway(
    shop: str, redis_url: str, mailbox: Mailbox, receiver: Receiver, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    """A gateway of two workers whose rooms tell by both."""
    rooms = [room_of(name, mailbox, receiver) for name in ROOMS]
    started = start_gateway(tmp_path_factory.mktemp("gateway"), redis_url, shop, rooms, workers=2)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


def room_of(name: str, mailbox: Mailbox, receiver: Receiver) -> dict[str, object]:
    """A room that tells."""
    reminders = {
        "mail": f"mailto://127.0.0.1:{mailbox.port}?from=line@shop.example&to={{to}}",
        "sms": f"json://127.0.0.1:{receiver.port}/{name}/{{to}}",
        "link": "https://shop.example/drop",
        "numbers": ["+371"],
        "ahead": "60s",
        "per_client": 100,
    }
    return {
        "name": name,
        "hosts": [f"{name}.example"],
        "mode": "queue",
        "rate": 0,
        "keep": "10m",
        "presence": "60s",
        "reminders": reminders,
    }


@pytest.fixture
async def house(gateway: Gateway, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """The room of a test, which names it by the marker ``room``."""
    marker = request.node.get_closest_marker("room")
    redis = Redis.from_url(gateway.redis_url)
    made = House(gateway, marker.args[0], redis)
    yield made
    await made.aclose()
    await redis.aclose()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of the Redis of the gateway."""
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


def pytest_configure(config: pytest.Config) -> None:
    """The marker of this folder."""
    config.addinivalue_line("markers", "room(name): the room of a test")
