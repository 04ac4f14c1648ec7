"""The examples of the documentation, each sent to a local server that checks what the service's own documentation asks
for. They are read from the page as they stand there; only the host is another."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest
from standardwebhooks import WebhookVerificationError

from admin.alerts.channels import channel_of
from admin.alerts.events import Event
from admin.alerts.recorded import events_of
from admin.alerts.retries import Outcome, Result
from admin.alerts.rules import Notice, Phase, Standing
from admin.alerts.words import event_of
from tests.admin.alerts.conftest import Make
from tests.admin.alerts.receiver import Got, Receiver
from waitroom.record.entries import Entry
from waitroom.settings import NotifySettings, alert_rules, load, parse_duration

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parents[3] / "docs" / "alerts.md"
Json = Mapping[str, object]


def examples() -> list[tuple[str, str]]:
    """The headings of the page that have settings, and those settings."""
    parts = re.split(r"^##+ (.*)$", PAGE.read_text(), flags=re.MULTILINE)
    found = []
    for heading, text in zip(["top", *parts[1::2]], parts[::2], strict=False):
        found += [
            (heading, block) for block in re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        ]
    return found


def settings_of(toml: str, folder: Path) -> tuple[NotifySettings, ...]:
    """The channels in an example."""
    path = folder / "waitroom.toml"
    path.write_text(toml)
    return load(path, environ={}).notify


def alert() -> Event:
    """An alert, with all that can be awkward."""
    rule = next(each for each in alert_rules(()) if each.name == "errors")
    standing = Standing(Phase.FIRING, since=1_795_330_000.0, value=0.12)
    return event_of(rule, "drop", standing, Notice.FIRING, 1_795_330_060.0)


def closed() -> Event:
    """A room that an operator closed, with all that can be awkward in a reason."""
    fields = {
        "type": "changed", "epoch": "1", "clock": "1", "chain": "", "mode": "queue -> closed", "who": "ada",
        "why": 'sold "out"\n<!channel> {title} \\ &',
    }  # fmt: skip
    return list(events_of("drop", Entry.parse("1795330800123-0", fields)))[-1]


async def sent(
    receiver: Receiver, heading: str, folder: Path, event: Event
) -> tuple[NotifySettings, Got, Json]:
    """What the channel of an example sends."""
    (toml,) = [block for of, block in examples() if of == heading]
    (settings,) = settings_of(toml, folder)
    assert settings.url is not None
    parts = urlsplit(settings.url.get_secret_value())
    assert "https" == parts.scheme
    local = parts._replace(scheme="http", netloc=f"127.0.0.1:{receiver.port}").geturl()
    channel = channel_of(settings.model_copy(update={"url": type(settings.url)(local)}))
    assert Outcome(Result.DELIVERED) == await channel.send(event, "urn:waitroom:1")
    await channel.close()
    (got,) = receiver.got
    assert ("POST", "application/json") == (got.method, got.headers["content-type"])
    body = json.loads(got.body)
    assert isinstance(body, dict)
    return settings, got, body


BOTH = pytest.mark.parametrize("make", [alert, closed])


@BOTH
async def test_slack(receiver: Receiver, tmp_path: Path, make: Callable[[], Event]) -> None:
    """A text, and blocks: a section's text is an object of 1 to 3000 characters; in `plain_text` nothing is markup."""
    event = make()
    _, got, body = await sent(receiver, "Slack", tmp_path, event)
    assert re.fullmatch(r"/services/T\w+/B\w+/\w+", got.target)
    assert {"text", "blocks"} == set(body)
    assert "<" not in cast(str, body["text"])
    (block,) = cast(list[dict[str, dict[str, str]]], body["blocks"])
    assert {
        "type": "section",
        "text": {"type": "plain_text", "text": f"{event.title}\n{event.text}"},
    } == block
    assert 1 <= len(block["text"]["text"]) <= 3000


@BOTH
async def test_teams(receiver: Receiver, tmp_path: Path, make: Callable[[], Event]) -> None:
    """A message with one attachment, an adaptive card."""
    event = make()
    _, got, body = await sent(receiver, "Microsoft Teams", tmp_path, event)
    assert {"api-version", "sp", "sv", "sig"} == set(parse_qs(urlsplit(got.target).query))
    assert "message" == body["type"]
    (attachment,) = cast(list[dict[str, object]], body["attachments"])
    assert "application/vnd.microsoft.card.adaptive" == attachment["contentType"]
    assert attachment["contentUrl"] is None
    card = cast(dict[str, object], attachment["content"])
    assert ("AdaptiveCard", "1.4") == (card["type"], card["version"])
    title, text, facts = cast(list[dict[str, object]], card["body"])
    assert ("TextBlock", event.title, "TextBlock", event.text) == (
        title["type"],
        title["text"],
        text["type"],
        text["text"],
    )
    assert [("Room", "drop"), ("Severity", event.severity), ("At", event.time)] == [
        (fact["title"], fact["value"]) for fact in cast(list[dict[str, str]], facts["facts"])
    ]


@BOTH
async def test_zendesk(receiver: Receiver, tmp_path: Path, make: Callable[[], Event]) -> None:
    """A ticket with a comment, by e-mail address and token; type and priority are of those there are; one key each."""
    event = make()
    _, got, body = await sent(receiver, "Zendesk", tmp_path, event)
    assert "/api/v2/tickets.json" == got.target
    assert (
        f"Basic {b64encode(b'ops@shop.example/token:your-api-token').decode()}"
        == got.headers["authorization"]
    )
    assert event.id == got.headers["idempotency-key"]
    assert {"ticket"} == set(body)
    ticket = cast(dict[str, object], body["ticket"])
    assert {"subject", "comment", "type", "priority", "tags", "external_id"} == set(ticket)
    assert (event.title, {"body": event.text}, event.id) == (
        ticket["subject"],
        ticket["comment"],
        ticket["external_id"],
    )
    assert ticket["type"] in ("problem", "incident", "question", "task")
    assert ticket["priority"] in ("urgent", "high", "normal", "low")
    assert ["waitroom", "drop"] == ticket["tags"]


@BOTH
async def test_zoho(receiver: Receiver, tmp_path: Path, make: Callable[[], Event]) -> None:
    """A function is called by its name and a key in the address, with JSON as its body."""
    event = make()
    _, got, body = await sent(receiver, "Zoho CRM", tmp_path, event)
    parts = urlsplit(got.target)
    assert re.fullmatch(r"/crm/v[78]/functions/[a-z_]+/actions/execute", parts.path)
    assert {"auth_type": ["apikey"], "zapikey": ["1003.s3cret"]} == parse_qs(parts.query)
    assert (event.title, event.text) == (body["subject"], body["description"])
    assert "1.0" == cast(dict[str, object], body["event"])["specversion"]


@BOTH
async def test_qualtrics(receiver: Receiver, tmp_path: Path, make: Callable[[], Event]) -> None:
    """A token in a header field, JSON of at most 100 kB."""
    event = make()
    _, got, body = await sent(receiver, "Qualtrics", tmp_path, event)
    parts = urlsplit(got.target)
    assert "/inbound-event/v1/events/json/triggers" == parts.path
    assert ["urlTokenId"] == list(parse_qs(parts.query))
    assert "your-api-token" == got.headers["x-api-token"]
    assert (f"org.waitroom.{event.type}", "drop", event.time, dict(event.data)) == (
        body["event"], body["room"], body["at"], body["data"],
    )  # fmt: skip
    assert len(got.body) < 100_000


@pytest.mark.parametrize(("heading", "toml"), examples())
def test_each_example_can_be_read(heading: str, toml: str, tmp_path: Path) -> None:
    """And what it sends is known to Apprise, where that is to send it."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for settings in settings_of(toml, tmp_path):
        if settings.url is not None:
            assert "" == channel_of(settings).fault, heading


def test_what_is_said_of_the_usual_alerts_is_so() -> None:
    """The table of the conditions."""
    rows = re.findall(r"^\| `([a-z]+)` \| .*? \| (\d\w+) \| .*? \| (\w+) \|$", PAGE.read_text(), re.MULTILINE)
    assert [(rule.name, rule.lasting, rule.severity) for rule in alert_rules(())] == [
        (name, parse_duration(lasting), severity) for name, lasting, severity in rows
    ]


async def test_the_receiver_of_the_page_works(receiver: Receiver, to_receiver: Make) -> None:
    """Its lines of Python take what is sent, and nothing else."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    space: dict[str, Callable[[bytes, Mapping[str, str]], Json]] = {}
    exec(code, space)
    channel = channel_of(to_receiver())
    await channel.send(closed(), "urn:waitroom:1")
    await channel.close()
    (got,) = receiver.got
    assert "org.waitroom.room.closed" == space["receive"](got.body, got.headers)["type"]
    with pytest.raises(WebhookVerificationError):
        space["receive"](got.body + b" ", got.headers)
