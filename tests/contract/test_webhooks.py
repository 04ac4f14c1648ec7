"""A payment provider's call-back passes a room that holds everyone, by its signature, once."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, Gateway, eventually, start_gateway
from tests.contract.recording_shop import RecordingShop, served

pytestmark = pytest.mark.anyio

SECRET = "whsec_a-secret-for-tests-only"
ADYEN = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
HOOKS: list[dict[str, object]] = [
    {"name": "stripe", "paths": ["/hooks/stripe"], "style": "stripe", "secret": [SECRET]},
    {"name": "shopify", "paths": ["/hooks/shop/*"], "style": "shopify", "secret": SECRET},
    {"name": "adyen", "paths": ["/hooks/adyen"], "style": "adyen", "secret": ADYEN},
    {"name": "other", "paths": ["/hooks/*"], "style": "hmac", "secret": SECRET, "header": "X-Signature",
     "prefix": "sha256=", "signed": "{url} {body}", "max_body_bytes": "1KiB"},
]  # fmt: skip
BODY = b'{"id": "evt_1",  "paid": true}\n'

Fields = dict[str, str]


def digest(text: bytes) -> bytes:
    """An HMAC with the secret of these tests."""
    return hmac.new(SECRET.encode(), text, "sha256").digest()


def stripe(body: bytes = BODY, *, age: int = 0) -> Fields:
    """The field of a new attempt of Stripe's."""
    at = int(time.time()) - age
    return {"Stripe-Signature": f"t={at},v1={digest(f'{at}.'.encode() + body).hex()}"}


def shopify(body: bytes = BODY, topic: str = "orders/paid") -> Fields:
    """The fields of Shopify's."""
    return {"X-Shopify-Hmac-SHA256": b64encode(digest(body)).decode(), "X-Shopify-Topic": topic}


@pytest.fixture(scope="module")
def recording() -> Iterator[RecordingShop]:
    """A shop that writes down what reaches it."""
    running = RecordingShop()
    with served(running):
        yield running


@pytest.fixture
def recorder(recording: RecordingShop) -> RecordingShop:
    """The shop, with nothing on record."""
    recording.begin_anew()
    return recording


@pytest.fixture(scope="module")
def site(
    recording: RecordingShop, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """Two workers with webhooks, before a room that lets nobody in."""
    folder = tmp_path_factory.mktemp("webhooks")
    room = {"name": "webhooks", "mode": "pause"}
    running = start_gateway(folder, redis_url, recording.url, [room], workers=2, webhooks=HOOKS)
    try:
        yield running
        running.stop()
    finally:
        running.kill()


async def post(
    site: Gateway, path: str, fields: Fields, body: bytes | AsyncIterator[bytes] = BODY
) -> httpx.Response:
    """Sends a message on a connection of its own."""
    async with site.client({**APP, "content-type": "application/json", **fields}) as provider:
        return await provider.post(path, content=body)


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    """A body in chunks."""
    for at in range(0, len(body), 7):
        yield body[at : at + 7]
        await asyncio.sleep(0)


async def test_a_signed_message_passes_once(site: Gateway, recorder: RecordingShop) -> None:
    """Byte for byte, by either worker, in chunks too; a copy waits like everyone, a new attempt passes."""
    signed = stripe()
    assert 200 == (await post(site, "/hooks/stripe", signed)).status_code
    (seen,) = recorder.seen
    assert (BODY, [signed["Stripe-Signature"]]) == (seen.body, seen.all("stripe-signature"))
    assert [] == seen.all("waitroom-visitor")
    copies = [await post(site, "/hooks/stripe", signed) for _ in range(8)]
    assert {503} == {copy.status_code for copy in copies}
    assert 200 == (await post(site, "/hooks/stripe", stripe(age=9), in_pieces(BODY))).status_code
    assert (2, BODY) == (len(recorder.seen), recorder.seen[1].body)
    assert ["chunked"] == recorder.seen[1].all("transfer-encoding")


async def test_what_is_not_verified_waits_like_everyone(launch: StartGateway) -> None:
    """Unsigned, forged, too old, another body, method or path, too large: never by the path alone. What is verified
    goes to the shop, here one that is down, and so may come again."""
    site = launch([{"name": "drop", "mode": "pause"}], origin="http://127.0.0.1:9", webhooks=HOOKS)
    forged = {"Stripe-Signature": stripe()["Stripe-Signature"][:-4] + "0000"}
    big = b"a" * 1025
    url = f"{site.url}/hooks/x"
    tries: list[tuple[str, Fields, bytes]] = [
        ("/hooks/stripe", {}, BODY),
        ("/hooks/stripe", forged, BODY),
        ("/hooks/stripe", {"Stripe-Signature": "nonsense"}, BODY),
        ("/hooks/stripe", stripe(age=400), BODY),
        ("/hooks/stripe", stripe(), BODY + b" "),
        ("/hooks/stripe/more", stripe(), BODY),
        ("/hooks/%73tripe", stripe(), BODY),
        ("/hooks//stripe", stripe(), BODY),
        ("/checkout/..%2fhooks/stripe", stripe(), BODY),
        ("/hooks/adyen", {}, b'{"notificationItems": []}'),
        ("/hooks/adyen", {}, b"["),
        ("/hooks/x", {"X-Signature": "sha256=" + digest(f"{url} ".encode() + big).hex()}, big),
        ("/hooks/x", {"X-Signature": digest(f"{url} ".encode() + BODY).hex()}, BODY),
    ]
    answers = [(await post(site, path, fields, body)).status_code for path, fields, body in tries]
    assert [503] * len(tries) == answers
    async with site.client({**APP, **stripe()}) as provider:
        assert 503 == (await provider.put("/hooks/stripe", content=BODY)).status_code
        assert 503 == (await provider.get("/hooks/stripe")).status_code
    good = {"X-Signature": "sha256=" + digest(f"{url} ".encode() + BODY).hex()}
    assert [502, 502] == [(await post(site, "/hooks/x", good)).status_code for _ in range(2)]
    _, complaints = await asyncio.to_thread(_ended, site)
    assert "POST /hooks/stripe does not pass: it was signed too long ago" in complaints
    assert SECRET not in complaints
    assert ADYEN not in complaints


def _ended(site: Gateway) -> tuple[str, str]:
    site.process.terminate()
    return site.process.communicate(timeout=20)


async def test_a_forgery_takes_no_place_in_line(launch: StartGateway, recorder: RecordingShop) -> None:
    """A plain 503 with ``Retry-After``, whatever is asked of newcomers; where nobody is held it goes to the shop."""
    site = launch([{"name": "drop", "mode": "queue"}], origin=recorder.url, webhooks=HOOKS)
    for fields in ({}, stripe(age=400), {"Stripe-Signature": stripe()["Stripe-Signature"][:-4] + "0000"}):
        answer = await post(site, "/hooks/stripe", {**fields, "accept": "text/html"})
        assert (503, "text/plain; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
        assert "10" == answer.headers["retry-after"]
        assert not {"set-cookie", "waitroom-ticket", "waitroom-position"} & set(answer.headers)
    assert 200 == (await post(site, "/hooks/stripe", stripe())).status_code
    assert 1 == len(recorder.seen)
    site = launch([{"name": "open", "mode": "pass"}], origin=recorder.url, webhooks=HOOKS)
    assert 200 == (await post(site, "/hooks/stripe", {})).status_code


async def test_stalling_forgeries_keep_no_message_out(launch: StartGateway, recorder: RecordingShop) -> None:
    """Bodies of a megabyte, as many as a worker holds, of each of which the last byte does not come, by one address."""
    site = launch([{"name": "drop", "mode": "pause"}], origin=recorder.url, webhooks=HOOKS)
    bogus = f"t={int(time.time())},v1={'00' * 32}"
    head = f"POST /hooks/stripe HTTP/1.1\r\nHost: a.example\r\nStripe-Signature: {bogus}\r\n"
    writers = []
    for _ in range(64):
        _, writer = await asyncio.open_connection("127.0.0.1", site.port, local_addr=("127.0.0.3", 0))
        writer.write(f"{head}Content-Length: 1048576\r\n\r\n".encode() + b"a" * 1048575)
        writers.append(writer)
    await asyncio.sleep(1)
    bodies = [b"genuine %02d" % number * 20 for number in range(12)]
    statuses = [(await post(site, "/hooks/stripe", stripe(each), each)).status_code for each in bodies]
    assert [200] * 12 == statuses
    for writer in writers:
        writer.transport.abort()


async def test_a_retry_passes_until_the_shop_has_taken_it(site: Gateway, recorder: RecordingShop) -> None:
    """Shopify and Adyen send the very same again after a failure; what got 2xx does not pass once more."""
    recorder.answers = [500, 404, 302, 204]
    answers = [(await post(site, "/hooks/shop/a", shopify())).status_code for _ in range(6)]
    assert [500, 404, 302, 204, 503, 503] == answers
    assert 200 == (await post(site, "/hooks/shop/a", shopify(topic="orders/create"))).status_code
    assert 200 == (await post(site, "/hooks/shop/b", shopify())).status_code
    item = {
        "pspReference": "7914073381342284", "merchantReference": "TestPayment-1407325143704",
        "merchantAccountCode": "TestMerchant", "amount": {"currency": "EUR", "value": 1130},
        "eventCode": "AUTHORISATION", "success": "true",
        "additionalData": {"hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="},
    }  # fmt: skip
    body = json.dumps({"notificationItems": [{"NotificationRequestItem": item}]}).encode()
    recorder.answers = [503]
    assert [503, 200] == [(await post(site, "/hooks/adyen", {}, body)).status_code for _ in range(2)]
    taken = len(recorder.seen)
    assert 503 == (await post(site, "/hooks/adyen", {}, body)).status_code
    assert taken == len(recorder.seen)


async def test_a_copy_does_not_pass_while_the_first_is_under_way(
    site: Gateway, recorder: RecordingShop
) -> None:
    """And passes after all when the provider has hung up on a shop that was too slow."""
    body, recorder.holding = b"under way", True
    slow = asyncio.create_task(post(site, "/hooks/shop/a", shopify(body), body))
    while not recorder.seen:
        assert not slow.done()
        await asyncio.sleep(0.02)
    copies = [await post(site, "/hooks/shop/a", shopify(body), body) for _ in range(4)]
    assert {503} == {copy.status_code for copy in copies}
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
    recorder.holding = False

    async def passes() -> bool:
        return (await post(site, "/hooks/shop/a", shopify(body), body)).status_code == 200

    await eventually(passes)


async def test_call_backs_pass_while_redis_takes_nothing(
    launch: StartGateway, recorder: RecordingShop, redis_url: str
) -> None:
    """The worker remembers by itself: a copy does not pass, nor does it when Redis is back."""
    site = launch([{"name": "drop", "mode": "pause"}], origin=recorder.url, webhooks=HOOKS)
    body = b"while Redis is full"
    async with Redis.from_url(redis_url) as redis:
        await redis.config_set("maxmemory", "1")
        try:
            sent = [await post(site, "/hooks/shop/a", shopify(body), body) for _ in range(2)]
        finally:
            await redis.config_set("maxmemory", "0")
    assert [200, 503] == [answer.status_code for answer in sent]
    assert 503 == (await post(site, "/hooks/shop/a", shopify(body), body)).status_code
    assert 1 == len(recorder.seen)


async def test_secrets_from_a_file(launch: StartGateway, tmp_path: Path, recorder: RecordingShop) -> None:
    """One a line, all believed; wrong ones are told at the start, and none is shown."""
    path = tmp_path / "hook"
    path.write_text(f"another-secret-for-tests\n{SECRET}\n")
    path.chmod(0o600)
    hook = {"name": "filed", "paths": ["/hooks/stripe"], "style": "stripe", "secret_file": str(path)}
    site = launch([{"name": "drop", "mode": "pause"}], origin=recorder.url, webhooks=[hook])
    assert 200 == (await post(site, "/hooks/stripe", stripe())).status_code
    path.write_text("no-hexadecimal-digits\n")
    with pytest.raises(AssertionError, match=r"secret_file of webhook filed.*must be hexadecimal") as error:
        launch([{"name": "drop"}], webhooks=[{**hook, "style": "adyen"}])
    assert "no-hex" not in str(error.value)
