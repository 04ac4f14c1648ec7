"""Several rooms by host and path; no spelling of an address walks around one."""

from __future__ import annotations

import json

import pytest

from tests.contract.conftest import StartGateway
from tests.contract.harness import APP, Gateway

pytestmark = pytest.mark.anyio


@pytest.fixture
def site(launch: StartGateway) -> Gateway:
    """A site with a room for a drop, one for a host, and the rest without a room."""
    rooms = [
        {"name": "drop", "paths": ["/drop/*"], "mode": "pause"},
        {"name": "vip", "paths": ["/drop/vip/*"], "mode": "closed"},
        {"name": "host", "hosts": ["tickets.example"], "mode": "pause"},
    ]
    return launch(rooms)


async def ask(site: Gateway, host: str, target: str) -> tuple[int, str | None]:
    """The status for a target exactly as spelled, and the room that answered; None: no room did."""
    request = (
        f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
    )
    answer, _ = await site.raw(request.encode("latin-1"))
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    in_problem = json.loads(body).get("room") if b"application/problem+json" in head else None
    return status, in_problem.rpartition("-")[0] if in_problem else None


async def test_the_most_specific_room_has_the_request(site: Gateway) -> None:
    """By path, by host in any case and with a port; outside of every room is simply the shop."""
    expected = {
        ("any.example", "/"): (200, None),
        ("any.example", "/lab/echo"): (200, None),
        ("any.example", "/drop"): (503, "drop"),
        ("any.example", "/drop/shoes?size=42"): (503, "drop"),
        ("any.example", "/drops"): (404, None),
        ("any.example", "/drop/vip/1"): (503, "vip"),
        ("tickets.example", "/"): (503, "host"),
        ("TICKETS.example.:8000", "/drop"): (503, "host"),
        ("nottickets.example", "/"): (200, None),
    }
    assert expected == {asked: await ask(site, *asked) for asked in expected}


async def test_no_spelling_walks_around_a_room(site: Gateway) -> None:
    """What some shop may read as ``/drop`` is held."""
    spellings = [
        "/Drop", "//drop", "/x/../drop", "/%64rop", "/%2564rop", "/drop;x=1", "/\\drop", "/./drop", "/drop%00",
        "/%2e/drop", "/x/%2e%2e/drop", "/x/..;/drop", "/%2fdrop", "/drop/", "/DROP/x", "/x%3f/../drop",
    ]  # fmt: skip
    held = {target: await ask(site, "any.example", target) for target in spellings}
    # a target that is no HTTP at all may be refused instead
    assert {} == {
        target: answer for target, answer in held.items() if answer not in ((503, "drop"), (400, None))
    }
    assert (400, None) not in [
        held[target] for target in ("/Drop", "//drop", "/%64rop", "/%2564rop", "/./drop")
    ]


async def test_outside_of_every_room_nothing_is_added(site: Gateway) -> None:
    """No cookie, no room, no visitor; but the gateway's names are still nobody else's."""
    client = site.client({**APP, "host": "any.example", "waitroom-visitor": "forged"})
    answer = await client.get("/lab/echo")
    assert [] == answer.headers.get_list("set-cookie")
    assert not any(name.startswith("waitroom") for name, _ in answer.json()["headers"])


async def test_each_room_has_a_line_of_its_own(site: Gateway) -> None:
    """One visitor may stand in several."""
    async with site.client({**APP, "host": "any.example"}) as client:
        first = (await client.get("/drop/1")).json()
        second = (await client.get("/", headers={"host": "tickets.example"})).json()
        assert (1, 1) == (first["number"], second["number"])
        assert first["room"] != second["room"]
        assert first["number"] == (await client.get("/drop/2")).json()["number"]
        assert 2 == len(client.cookies)


async def test_the_same_fields_mean_another_room_at_another_address(launch: StartGateway) -> None:
    """What the shop is told of the room follows the address, however often the same fields come."""
    site = launch([{"name": "one", "paths": ["/lab/echo"]}, {"name": "two", "paths": ["/lab/echo/*"]}])
    fields = "Host: any.example\r\nOrigin: http://other.example\r\nAccess-Control-Request-Method: POST\r\n"
    told = []
    for target in ("/lab/echo", "/lab/echo/x", "/lab/status", "/lab/echo"):
        answer, _ = await site.raw(f"OPTIONS {target} HTTP/1.1\r\n{fields}Connection: close\r\n\r\n".encode())
        told.append(
            [
                name
                for name in ("one", "two")
                if f'"{name}"'.encode() in answer or f'"{name}-'.encode() in answer
            ]
        )
    assert [["one"], ["two"], [], ["one"]] == told
