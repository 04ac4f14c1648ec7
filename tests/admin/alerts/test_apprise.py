"""What Apprise speaks, to real servers on this machine: its JSON, and mail."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from admin.alerts.channels import channel_of
from admin.alerts.channels.apprised import AppriseChannel
from admin.alerts.retries import Outcome, Result
from tests.admin.alerts.conftest import an_event
from tests.admin.alerts.receiver import Receiver, Say
from waitroom.settings import NotifySettings, Severity
from waitroom.speaking import keep_addresses_out_of_logs

pytestmark = pytest.mark.anyio


def channel(url: str, **settings: object) -> AppriseChannel:
    """A channel of this kind."""
    made = channel_of(
        NotifySettings.model_validate(
            {"name": "phone", "kind": "apprise", "url": url, "timeout": "30s", **settings}
        )
    )
    assert isinstance(made, AppriseChannel)
    return made


def address(receiver: Receiver) -> str:
    """The receiver, for Apprise's own JSON."""
    return f"json://ada:pw-of-stones@127.0.0.1:{receiver.port}/tok-of-stones?rto=20"


async def test_it_is_told_as_title_and_text(receiver: Receiver) -> None:
    """With the kind that fits how bad it is; what is over is a success."""
    to = channel(address(receiver))
    assert Outcome(Result.DELIVERED) == await to.send(an_event(severity=Severity.CRITICAL), "staging")
    await to.send(an_event(type="alert.resolved", severity=Severity.CRITICAL), "urn:waitroom:1")
    first, second = (json.loads(got.body) for got in receiver.got)
    assert ("staging: drop: the rate is 200", an_event().text, "failure") == (
        first["title"], first["message"], first["type"],
    )  # fmt: skip
    assert ("drop: the rate is 200", "success") == (second["title"], second["type"])


async def test_what_went_wrong_is_told_without_the_address(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """In the note, and nowhere else."""
    keep_addresses_out_of_logs()
    caplog.set_level(logging.DEBUG)
    receiver.always = Say(500, body="pw-of-stones")
    to = channel(address(receiver))
    outcome = await to.send(an_event(), "x")
    assert Result.FAILED is outcome.result
    assert "500" in outcome.note
    assert "stones" not in outcome.note + caplog.text + repr(to) + to.address
    assert "json://…" == to.address


async def test_it_does_not_follow_redirects(receiver: Receiver) -> None:
    """Neither."""
    receiver.always = Say(307, {"location": f"http://127.0.0.1:{receiver.port}/elsewhere"})
    assert Result.FAILED is (await channel(address(receiver)).send(an_event(), "x")).result
    assert 1 == len(receiver.got)


async def test_one_that_hangs_is_left_and_not_begun_twice(receiver: Receiver) -> None:
    """The loop is free all the while; no second thread is begun while the first still runs."""
    receiver.always = Say(hang=True)
    to = channel(address(receiver), timeout="500ms")
    trying = asyncio.create_task(to.send(an_event(), "x"))
    await receiver.count(1)
    assert Outcome(Result.FAILED, "not delivered within 0.5 seconds") == await trying
    assert Outcome(Result.FAILED, "the try before this one has not ended yet") == await to.send(
        an_event(), "x"
    )
    assert 1 == len(receiver.got)


@pytest.mark.parametrize("url", ["nonsense-of-stones://abc", "slack://too-of-stones", "mailto://@"])
async def test_an_address_that_it_does_not_know_is_a_fault(url: str) -> None:
    """It is told, and stops nothing else."""
    to = channel(url)
    assert f"Apprise cannot use this {url.partition(':')[0]}:// address" == to.fault
    assert Outcome(Result.FAILED, to.fault) == await to.send(an_event(), "x")


@asynccontextmanager
async def mail_server(letters: list[bytes]) -> AsyncIterator[int]:
    """A mail server that takes everything (RFC 5321, the least of it); gives its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                letters.append((await reader.readuntil(b"\r\n.\r\n"))[:-5])
            writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            await writer.drain()
            if word == b"QUIT":
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_mail() -> None:
    """A letter with the title as its subject; what stands in the text is text, and no markup."""
    letters: list[bytes] = []
    async with mail_server(letters) as port:
        to = channel(f"mailto://127.0.0.1:{port}?from=waitroom@shop.example&to=ops@shop.example")
        outcome = await to.send(an_event(text="drop: <b>5</b> & more"), "x")
    assert Outcome(Result.DELIVERED) == outcome
    letter = email.message_from_bytes(letters[0], policy=email.policy.default)
    assert ("x: drop: the rate is 200", "ops@shop.example") == (letter["subject"], letter["to"].strip("<>"))
    body = letter.get_body(("plain", "html"))
    assert body is not None
    text = body.get_content()
    assert "<b>5</b> & more" in text or "&lt;b&gt;5&lt;/b&gt; &amp; more" in text
