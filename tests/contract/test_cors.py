"""Scripts of the shop's other origins: what they may read, send, and where they are led."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.contract.harness import APP, PAGE, Gateway, start_gateway
from tests.contract.recording_shop import RecordingShop, served

pytestmark = pytest.mark.anyio

SHOP, APP_SHELL, STRANGER = "https://www.shop.example", "capacitor://localhost", "https://evil.example"
FETCH = {"accept": "*/*", "sec-fetch-mode": "cors", "sec-fetch-site": "same-site"}
PREFLIGHT = {"access-control-request-method": "POST", "sec-fetch-mode": "cors"}


@pytest.fixture(scope="module")
def recorder() -> Iterator[RecordingShop]:
    """A shop that writes down what reaches it."""
    running = RecordingShop()
    with served(running):
        yield running


@pytest.fixture(scope="module")
def api(
    recorder: RecordingShop, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway whose shop has pages on two other origins."""
    folder = tmp_path_factory.mktemp("cors")
    rooms = [
        {"name": "cors-held", "mode": "pause", "paths": ["/held/*"]},
        {"name": "cors-open", "paths": ["/open/*"]},
    ]
    origins = ["https://WWW.shop.example:443", "capacitor://localhost"]
    started = start_gateway(folder, redis_url, recorder.url, rooms, cors_origins=origins)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture
async def script(api: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """A script of the shop's page."""
    async with api.client({**FETCH, "origin": SHOP}) as client:
        yield client


def allowed(answer: httpx.Response) -> tuple[str | None, str | None, bool]:
    """Who may read it, whether with cookies, and whether caches are told that it depends on who asks."""
    fields = answer.headers
    varies = "origin" in fields.get("vary", "").lower()
    return fields.get("access-control-allow-origin"), fields.get("access-control-allow-credentials"), varies


@pytest.mark.parametrize("origin", [SHOP, APP_SHELL])
async def test_a_held_call_can_be_read_by_the_shops_origins(api: Gateway, origin: str) -> None:
    """With cookies, with the fields that an app needs, and for that origin alone."""
    async with api.client({**FETCH, "origin": origin}) as client:
        answer = await client.get("/held/basket")
    assert (503, (origin, "true", True)) == (answer.status_code, allowed(answer))
    assert ("application/problem+json", "urn:waitroom:waiting") == (
        answer.headers["content-type"],
        answer.json()["type"],
    )
    exposed = {field.strip() for field in answer.headers["access-control-expose-headers"].split(",")}
    assert exposed >= {
        "Waitroom-Room",
        "Waitroom-Position",
        "Waitroom-Ticket",
        "Waitroom-Pass",
        "Retry-After",
    }
    assert [origin] == answer.headers.get_list("access-control-allow-origin")


@pytest.mark.parametrize(
    "origin", [STRANGER, "null", "http://www.shop.example", f"{SHOP}.evil.example", f"{SHOP}:8443", "*", ""]
)
async def test_no_other_origin_can_read_it(api: Gateway, origin: str) -> None:
    """It is told nothing; and a preflight of it is no preflight to the gateway."""
    async with api.client({**FETCH, "origin": origin}) as client:
        answer = await client.get("/held/basket")
        preflight = await client.options("/__waitroom/cors-held/status", headers=PREFLIGHT)
    for refused in (answer, preflight):
        assert (None, None, False) == allowed(refused)
    assert 405 == preflight.status_code


@pytest.mark.parametrize("action", ["status", "wait", "receipt", "events"])
async def test_the_rooms_own_addresses_can_be_read(script: httpx.AsyncClient, action: str) -> None:
    """Whatever they answer, and an event stream as well."""
    address = f"/__waitroom/cors-held/{action}"
    assert (SHOP, "true", True) == allowed(await script.get(address))
    await script.get("/held/basket")
    if action != "events":
        assert (SHOP, "true", True) == allowed(await script.get(address))
        return
    async with script.stream("GET", address) as stream:
        assert (200, (SHOP, "true", True)) == (stream.status_code, allowed(stream))


@pytest.mark.parametrize(
    "address", ["/__waitroom/cors-held/line", "/__waitroom/embed.js", "/__waitroom/embed.json"]
)
async def test_what_is_public_is_for_everyone_without_cookies(
    script: httpx.AsyncClient, address: str
) -> None:
    """One answer for all, so that caches keep one; a star is never sent with credentials."""
    answer = await script.get(address)
    assert ("*", None, False) == allowed(answer)
    assert "public" in answer.headers["cache-control"]


async def test_preflights_of_the_gateways_addresses_are_answered_by_it(
    script: httpx.AsyncClient, recorder: RecordingShop
) -> None:
    """Nobody gets a place by one, and the shop is not asked."""
    before = len(recorder.seen)
    asked = {**PREFLIGHT, "access-control-request-headers": "waitroom-ticket,content-type"}
    answer = await script.options("/__waitroom/cors-held/leave", headers=asked)
    assert (200, (SHOP, "true", True)) == (answer.status_code, allowed(answer))
    assert "POST" in answer.headers["access-control-allow-methods"]
    fields = {field.strip().lower() for field in answer.headers["access-control-allow-headers"].split(",")}
    assert fields >= {"waitroom-ticket", "waitroom-pass", "waitroom-challenge", "content-type"}
    assert "7200" == answer.headers["access-control-max-age"]
    assert [] == answer.headers.get_list("set-cookie")
    assert before == len(recorder.seen)


async def test_the_shop_answers_its_own_preflights_and_hears_nothing_of_ours(
    script: httpx.AsyncClient, recorder: RecordingShop
) -> None:
    """It knows nothing of the gateway's fields; what it allows is allowed with them."""
    recorder.headers = [("access-control-allow-origin", SHOP), ("access-control-allow-headers", "x-cart")]
    asked = {**PREFLIGHT, "access-control-request-headers": "waitroom-pass,x-cart,waitroom-ticket"}
    answer = await script.options("/held/basket", headers=asked)
    assert b"x-cart" == dict(recorder.seen[-1].headers)[b"access-control-request-headers"]
    assert "x-cart, waitroom-pass, waitroom-ticket" == answer.headers["access-control-allow-headers"]
    only_ours = {**PREFLIGHT, "access-control-request-headers": "waitroom-pass"}
    await script.options("/held/basket", headers=only_ours)
    assert b"access-control-request-headers" not in dict(recorder.seen[-1].headers)
    recorder.headers = []
    answer = await script.options("/held/basket", headers=asked)
    assert (None, None, False) == allowed(answer)
    assert "access-control-allow-headers" not in answer.headers


async def test_the_shops_answers_are_its_own(script: httpx.AsyncClient, recorder: RecordingShop) -> None:
    """Who may read them is for it to say; where it lets a script, the tokens in them can be read too."""
    recorder.headers = []
    answer = await script.get("/open/basket")
    assert (200, (None, None, False)) == (answer.status_code, allowed(answer))
    recorder.headers = [("access-control-allow-origin", SHOP), ("access-control-expose-headers", "x-total")]
    async with httpx.AsyncClient(base_url=script.base_url, headers={**FETCH, "origin": SHOP}) as newcomer:
        answer = await newcomer.get("/open/basket")
    exposed = answer.headers["access-control-expose-headers"]
    assert "x-total, waitroom-pass, waitroom-ticket" == exposed
    assert answer.headers["waitroom-pass"]
    recorder.headers = []


async def test_a_script_of_the_shop_may_give_a_place_up(api: Gateway) -> None:
    """Of another site, its page is the shop's all the same; a stranger's is not."""
    for origin, expected in ((APP_SHELL, 200), (STRANGER, 403)):
        async with api.client({**FETCH, "sec-fetch-site": "cross-site", "origin": origin}) as client:
            ticket = (await client.get("/held/basket")).headers["waitroom-ticket"]
            client.cookies.clear()
            answer = await client.post("/__waitroom/cors-held/leave", headers={"waitroom-ticket": ticket})
            assert expected == answer.status_code


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (f"{SHOP}/cart?step=2#pay", f"{SHOP}/cart?step=2#pay"),
        (SHOP, SHOP),
        (f"{APP_SHELL}/cart", f"{APP_SHELL}/cart"),
        ("/open/a?b=c", "/open/a?b=c"),
        ("", "/open"),
        ("//evil.example/x", "/evil.example/x"),
        (f"{STRANGER}/x", "/https://evil.example/x"),
        (f"{SHOP}.evil.example/", f"/{SHOP}.evil.example/"),
        (f"{SHOP}@evil.example/", f"/{SHOP}@evil.example/"),
        (f"{SHOP}\\@evil.example/", f"/{SHOP}%5C@evil.example/"),
        ("javascript:alert(1)", "/javascript:alert(1)"),
        (f"{SHOP}/a\r\nset-cookie: x=y", f"{SHOP}/a%0D%0Aset-cookie:%20x=y"),
    ],
)
async def test_whoever_is_let_in_is_led_back_to_the_shop_and_nowhere_else(
    api: Gateway, to: str, expected: str
) -> None:
    """To a path of this host or a page of the shop's origins; the pass comes along."""
    async with api.client(PAGE) as browser:
        answer = await browser.get("/__waitroom/cors-open/wait", params={"to": to} if to else {})
    assert (303, expected) == (answer.status_code, answer.headers["location"])
    assert any(
        cookie.startswith("waitroom_pass_cors-open=") for cookie in answer.headers.get_list("set-cookie")
    )


async def test_a_person_who_has_to_wait_gets_the_page_there(api: Gateway) -> None:
    """It asks for its own address again, which leads back when it is their turn."""
    async with api.client(PAGE) as browser:
        answer = await browser.get("/__waitroom/cors-held/wait", params={"to": f"{SHOP}/cart"})
    assert (503, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert "/__waitroom/cors-held/wait?to=https" in answer.text


async def test_off_there_is_no_trace_of_it(
    recorder: RecordingShop, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Without the setting no origin is allowed anything."""
    folder = tmp_path_factory.mktemp("off")
    gateway = start_gateway(folder, redis_url, recorder.url, [{"name": "cors-off", "mode": "pause"}])
    try:
        async with gateway.client({**FETCH, "origin": SHOP}) as client:
            answers = [
                await client.get("/x"),
                await client.options("/__waitroom/cors-off/leave", headers=PREFLIGHT),
            ]
        assert [(None, None, False)] * 2 == [allowed(answer) for answer in answers]
        assert [503, 405] == [answer.status_code for answer in answers]
        gateway.stop()
    finally:
        gateway.kill()


async def test_an_app_waits_and_is_let_in_without_asking_the_shop(
    api: Gateway, recorder: RecordingShop
) -> None:
    """The address tells an app where it stands, gives it the pass, and says so again whenever it asks."""
    before = len(recorder.seen)
    async with api.client(APP) as held, api.client(APP) as newcomer:
        waiting = await held.get("/__waitroom/cors-held/wait")
        assert (503, "waiting", "/__waitroom/cors-held/wait") == (
            waiting.status_code,
            waiting.json()["state"],
            waiting.json()["page"],
        )
        for _ in range(2):
            let_in = await newcomer.get("/__waitroom/cors-open/wait")
            assert (200, "admitted") == (let_in.status_code, let_in.json()["state"])
    assert before == len(recorder.seen)
