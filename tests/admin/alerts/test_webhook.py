"""A webhook, to a real server that takes, fails, hangs, redirects and floods."""

from __future__ import annotations

import json
import logging
import time
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from admin.alerts.channels import WebhookChannel
from admin.alerts.retries import Outcome, Result
from tests.admin.alerts.conftest import SECRET, Make, an_event
from tests.admin.alerts.receiver import Got, Receiver, Say
from waitroom.settings import NotifySettings
from waitroom.shaping.signatures import Delivery, Standard
from waitroom.shaping.signatures.standard import key_of
from waitroom.speaking import keep_addresses_out_of_logs

pytestmark = pytest.mark.anyio

SOURCE = "urn:waitroom:1234"
OTHER = "whsec_" + b64encode(b"another secret, of 32 bytes here").decode()


async def sent(settings: NotifySettings) -> Outcome:
    """The outcome of one try."""
    channel = WebhookChannel(settings)
    try:
        return await channel.send(an_event(), SOURCE)
    finally:
        await channel.close()


def verify(got: Got, secret: str) -> None:
    """Checks a message as the gateway checks those of providers."""
    headers = [(name.encode(), value.encode()) for name, value in got.headers.items()]
    delivery = Delivery(got.method, got.target, "", headers, got.body)
    Standard((key_of(secret),), 300).verify(delivery, time.time())


async def test_it_is_a_cloudevent(receiver: Receiver, to_receiver: Make) -> None:
    """In structured mode, as the library of the specification reads it."""
    assert Outcome(Result.DELIVERED) == await sent(to_receiver())
    (got,) = receiver.got
    assert ("POST", "/hooks/tok-3n-of-stones?key=k3y-of-stones") == (got.method, got.target)
    event = from_http_event(HTTPMessage(dict(got.headers), got.body))
    assert ("1.0", an_event().id, SOURCE) == (event.get_specversion(), event.get_id(), event.get_source())
    assert ("org.waitroom.room.rate_changed", "drop") == (event.get_type(), event.get_subject())
    assert datetime.fromtimestamp(1_700_000_000.123, UTC) == event.get_time()
    data = event.get_data()
    assert isinstance(data, dict)
    assert {"title": "drop: the rate is 200", **an_event().data} == {
        name: data[name] for name in data if name != "text"
    }


async def test_it_is_signed_as_the_gateway_verifies_others(receiver: Receiver, to_receiver: Make) -> None:
    """By each secret while one is exchanged for another; the id is the event's, so that a copy can be told."""
    await sent(to_receiver(secret=[SECRET, OTHER]))
    (got,) = receiver.got
    assert an_event().id == got.headers["webhook-id"]
    verify(got, SECRET)
    verify(got, OTHER)


async def test_without_a_secret_nothing_is_signed(receiver: Receiver, to_receiver: Make) -> None:
    """The id and the time are there all the same."""
    await sent(to_receiver(secret=[]))
    assert "webhook-signature" not in receiver.got[0].headers
    assert an_event().id == receiver.got[0].headers["webhook-id"]


async def test_its_header_fields_and_password_go_along(receiver: Receiver, to_receiver: Make) -> None:
    """And the body that was written for it."""
    body = '{"text": "{title}", "n": [1, {"a {who}": "{data}"}], "why": "<{why}>", "none": "{state}"}'
    await sent(
        to_receiver(
            headers={"X-Api-Token": "t0ken-of-stones", "X-Key": "<{id}>"},
            user="ada/token",
            password="pw",
            body=body,
        )
    )
    (got,) = receiver.got
    assert ("t0ken-of-stones", "application/json") == (
        got.headers["x-api-token"],
        got.headers["content-type"],
    )
    assert f"<{an_event().id}>" == got.headers["x-key"]
    assert f"Basic {b64encode(b'ada/token:pw').decode()}" == got.headers["authorization"]
    assert {
        "text": "drop: the rate is 200",
        "n": [1, {"a {who}": dict(an_event().data)}],
        "why": '<too "slow"\n>',
        "none": "",
    } == json.loads(got.body)
    verify(got, SECRET)


async def test_a_site_that_has_a_name_says_it(receiver: Receiver, to_receiver: Make) -> None:
    """Before each title, for people who hear of several."""
    channel = WebhookChannel(to_receiver())
    await channel.send(an_event(), "staging")
    await channel.close()
    told = json.loads(receiver.got[0].body)
    assert ("staging", "staging: drop: the rate is 200") == (told["source"], told["data"]["title"])


@pytest.mark.parametrize(
    ("say", "result", "note"),
    [
        (Say(200, body="thanks"), Result.DELIVERED, ""),
        (
            Say(500, body="out of order\x1b[31m\n"),
            Result.FAILED,
            "500 Internal Server Error: out of order [31m",
        ),
        (Say(400, body="no such field"), Result.REFUSED, "400 Bad Request: no such field"),
        (Say(401), Result.FAILED, "401 Unauthorized"),
        (Say(404, body="no tok-3n-of-stones here"), Result.FAILED, "404 Not Found: no … here"),
        (Say(403, body='{"key": "k3y-of-stones"}'), Result.FAILED, '403 Forbidden: {"key": "…"}'),
        (Say(410, body="moved out"), Result.GONE, "410 Gone: moved out"),
        (
            Say(302, {"location": "http://127.0.0.1:1/"}),
            Result.FAILED,
            "302 Found: redirects are not followed",
        ),
        (Say(304), Result.FAILED, "304 Not Modified"),
    ],
)
async def test_an_answer_decides(
    receiver: Receiver, to_receiver: Make, say: Say, result: Result, note: str
) -> None:
    """And what it says is shown, but for what is secret."""
    receiver.always = say
    outcome = await sent(to_receiver())
    assert (result, note) == (outcome.result, outcome.note)
    assert 1 == len(receiver.got)


async def test_a_receiver_that_wants_time_says_so(receiver: Receiver, to_receiver: Make) -> None:
    """With 429 or 503, in seconds."""
    receiver.script = [
        Say(429, {"retry-after": "77"}),
        Say(503, {"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}),
    ]
    assert 77 == (await sent(to_receiver())).retry_after
    assert 0 == (await sent(to_receiver())).retry_after


async def test_one_that_hangs_is_left(receiver: Receiver, to_receiver: Make) -> None:
    """When its time is over."""
    receiver.always = Say(hang=True)
    outcome = await sent(to_receiver(timeout="300ms"))
    assert Outcome(Result.FAILED, "no answer within 0.3 seconds") == outcome


@pytest.mark.parametrize("status", [200, 500])
async def test_of_a_flood_no_more_than_the_beginning_is_read(
    receiver: Receiver, to_receiver: Make, status: int
) -> None:
    """An answer without end takes neither time nor memory."""
    receiver.always = Say(status, flood=True)
    outcome = await sent(to_receiver())
    assert (Result.DELIVERED if status == 200 else Result.FAILED) is outcome.result
    assert len(outcome.note) <= 300
    assert receiver.sent_bytes < 50_000_000


async def test_one_that_is_not_there(to_receiver: Make) -> None:
    """Is told in words, without its address."""
    outcome = await sent(to_receiver(url="http://127.0.0.1:9/tok-3n-of-stones"))
    assert Result.FAILED is outcome.result
    assert outcome.note.startswith("no answer: ")
    assert "stones" not in outcome.note


async def test_cookies_are_not_kept(receiver: Receiver, to_receiver: Make) -> None:
    """A receiver gets back nothing that it gave."""
    receiver.always = Say(200, {"set-cookie": "a=b"})
    channel = WebhookChannel(to_receiver())
    await channel.send(an_event(), SOURCE)
    await channel.send(an_event(), SOURCE)
    await channel.close()
    assert "cookie" not in receiver.got[1].headers


async def test_no_log_shows_what_is_secret(
    receiver: Receiver, to_receiver: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even where everything is logged; nor does the channel's own text."""
    keep_addresses_out_of_logs()
    caplog.set_level(logging.DEBUG)
    receiver.script = [Say(500, body="tok-3n-of-stones"), Say(204)]
    settings = to_receiver(
        user="u", password="pw-of-stones", headers={"a": "h-of-stones"}, body='"b0dy-full-of-stones"'
    )
    for _ in range(2):
        assert "stones" not in (await sent(settings)).note
    assert "stones" not in caplog.text + repr(settings) + repr(WebhookChannel(settings))
    assert f"http://127.0.0.1:{receiver.port}" == WebhookChannel(settings).address
