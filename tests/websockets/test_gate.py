"""The gate's rules for WebSockets: those of any request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from starlette.types import Message
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Response

from tests.contract.harness import Gateway, eventually, start_gateway
from waitroom.gate.sockets import noting

pytestmark = pytest.mark.anyio


def to(gateway: Gateway, host: str, path: str = "/lab/ws", **headers: str) -> connect:
    """A client of a room's shop; further headers with ``_`` for ``-``."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return connect(
        f"ws://{host}{path}", host="127.0.0.1", port=gateway.port, proxy=None, additional_headers=fields
    )


async def refused(gateway: Gateway, host: str, **headers: str) -> Response:
    """The answer to a handshake that does not get through."""
    with pytest.raises(InvalidStatus) as refusal:
        async with to(gateway, host, **headers):
            pass
    return refusal.value.response


def given(headers: Mapping[str, str]) -> dict[str, str]:
    """The cookies of an answer."""
    cookies: SimpleCookie = SimpleCookie()
    for value in headers.get_all("set-cookie"):  # type: ignore[attr-defined] # of the library's Headers
        cookies.load(value)
    return {name: morsel.value for name, morsel in cookies.items()}


def answered(socket: ClientConnection) -> Mapping[str, str]:
    """The headers of the 101."""
    assert socket.response is not None
    return socket.response.headers


def jar(cookies: Mapping[str, str]) -> str:
    """A ``Cookie`` header."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


async def visitor_of(socket: ClientConnection) -> str:
    """The visit as which the shop sees it."""
    await socket.send("/headers")
    lines = str(await socket.recv()).splitlines()
    (name,) = (line.partition(": ")[2] for line in lines if line.startswith("waitroom-visitor"))
    return name


@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xhtml+xml;q=0.9"])
async def test_a_handshake_of_one_who_waits_is_refused(gateway: Gateway, accept: str) -> None:
    """With 503 and a problem before the upgrade, whatever it says it accepts; it has its place in line."""
    answer = await refused(gateway, "held.example", Accept=accept)
    assert 503 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
    problem = json.loads(answer.body or b"")
    assert ("waiting", "held") == (problem["state"], problem["room"])
    assert str(problem["position"]) == answer.headers["waitroom-position"]
    assert "held" == answer.headers["waitroom-room"]
    assert int(answer.headers["retry-after"]) > 0
    assert {"waitroom_ticket_held"} == set(given(answer.headers))
    again = await refused(gateway, "held.example", Cookie=jar(given(answer.headers)))
    assert problem["number"] == json.loads(again.body or b"")["number"]


async def test_a_handshake_in_a_closed_room_is_refused(gateway: Gateway) -> None:
    """As a call is."""
    answer = await refused(gateway, "closed.example")
    assert (503, "closed") == (answer.status_code, json.loads(answer.body or b"")["state"])


async def test_where_nobody_is_held_a_newcomer_joins(gateway: Gateway) -> None:
    """Ticket and pass come with the 101, as cookies and as headers; no cache may keep that."""
    async with to(gateway, "open.example") as socket:
        headers = answered(socket)
        cookies = given(headers)
        assert {"waitroom_ticket_open", "waitroom_pass_open"} == set(cookies)
        assert cookies["waitroom_pass_open"] == headers["waitroom-pass"]
        assert "private, no-cache" == headers["cache-control"]
        await socket.send("hello")
        assert "hello" == await socket.recv()


@pytest.mark.parametrize("by", ["Cookie", "Waitroom_Pass"])
async def test_with_a_pass_it_goes_through_as_the_same_visit(gateway: Gateway, by: str) -> None:
    """And is given nothing new."""
    async with to(gateway, "open.example") as socket:
        cookies, visitor = given(answered(socket)), await visitor_of(socket)
    shown = {by: jar(cookies) if by == "Cookie" else cookies["waitroom_pass_open"]}
    async with to(gateway, "open.example", "/lab/ws?x-shop=yes", **shown) as socket:
        assert visitor == await visitor_of(socket)
        assert {} == given(answered(socket))
        assert "yes" == answered(socket)["x-shop"]


async def test_a_pass_that_gets_old_is_renewed_with_the_101(gateway: Gateway) -> None:
    """For the same visit."""
    async with to(gateway, "brief.example") as socket:
        cookies, visitor = given(answered(socket)), await visitor_of(socket)
        await asyncio.sleep(1)
        async with to(gateway, "brief.example", Cookie=jar(cookies)) as second:
            renewed = given(answered(second))
            assert visitor == await visitor_of(second)
    assert {"waitroom_pass_brief"} == set(renewed)
    assert cookies["waitroom_pass_brief"] != renewed["waitroom_pass_brief"]


async def test_what_comes_through_a_websocket_keeps_the_visit(gateway: Gateway) -> None:
    """The place inside is theirs while they talk, and the next one's when they have fallen silent."""
    async with to(gateway, "full.example") as socket:
        first = given(answered(socket))
        waiting = jar(given((await refused(gateway, "full.example")).headers))
        for _ in range(8):
            for _ in range(5):
                await asyncio.sleep(0.2)
                await socket.send("still here")
                assert "still here" == await socket.recv()
            assert 503 == (await refused(gateway, "full.example", Cookie=waiting)).status_code
        async with to(gateway, "full.example", Cookie=jar(first)) as again:
            assert await visitor_of(socket) == await visitor_of(again)

        async def enters() -> bool:
            try:
                async with to(gateway, "full.example", Cookie=waiting):
                    return True
            except InvalidStatus:
                return False

        await eventually(enters)


async def test_a_websocket_outlives_its_visit(gateway: Gateway) -> None:
    """The shop ends the visit, and the place goes to the next one; what is open is the shop's to close."""
    async with to(gateway, "open.example") as socket:
        cookies, visitor = given(answered(socket)), await visitor_of(socket)
        done = "/lab/ws?waitroom-command=done"
        async with to(gateway, "open.example", done, Cookie=jar(cookies)) as last:
            taken = given(answered(last))
            left = taken.pop("waitroom_ticket_open")
            assert {"waitroom_pass_open": ""} == taken
            assert left.startswith("~~former=open:")
            assert "waitroom-command" not in answered(last)
        await socket.send("still here")
        assert "still here" == await socket.recv()
        async with to(gateway, "open.example", Cookie=jar(cookies)) as again:
            assert visitor != await visitor_of(again)


async def test_the_shop_s_refusal_is_passed_on_with_the_place(gateway: Gateway) -> None:
    """The shop may answer a handshake as it likes: a newcomer keeps what they were given."""
    with pytest.raises(InvalidStatus) as refusal:
        async with to(gateway, "open.example", "/lab/ws?deny=401"):
            pass
    answer = refusal.value.response
    assert (401, b"denied") == (answer.status_code, answer.body)
    assert {"waitroom_ticket_open", "waitroom_pass_open"} == set(given(answer.headers))


async def test_a_stop_ends_open_websockets_at_once(redis_url: str, shop: str, tmp_path: Path) -> None:
    """Without a close frame: the gateway does not know where one frame ends and the next begins."""
    gateway = start_gateway(tmp_path, redis_url, shop, [{"name": "stopping"}])
    try:
        async with to(gateway, "stopping.example") as socket:
            await socket.send("hello")
            assert "hello" == await socket.recv()
            took = await asyncio.to_thread(gateway.stop)
            with pytest.raises(ConnectionClosed):
                await socket.recv()
    finally:
        gateway.kill()
    assert took < 6
    assert 1006 == socket.close_code


async def test_activity_is_noted_now_and_then() -> None:
    """When bytes come, but not within some seconds of the handshake and of the last time."""
    now = 0.0
    noted: list[float] = []
    messages: list[Message] = [
        {"type": "http.request", "body": body, "more_body": True} for body in (b"a", b"b", b"", b"c", b"d")
    ]
    coming = iter([*messages, {"type": "http.disconnect"}])

    async def receive() -> Message:
        return next(coming)

    watched = noting(receive, lambda: noted.append(now), every_seconds=10, clock=lambda: now)
    for at, message in zip((5.0, 10.0, 25.0, 26.0, 29.0), messages, strict=True):
        now = at
        assert message == await watched()
    assert {"type": "http.disconnect"} == await watched()
    assert [10.0, 26.0] == noted
