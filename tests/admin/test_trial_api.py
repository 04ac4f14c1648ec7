"""The tester of requests over the API."""

from __future__ import annotations

import pytest

from admin.audit.log import Filter
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client

pytestmark = pytest.mark.anyio


async def test_it_says_what_would_happen_and_does_nothing(client: Client, console: Console) -> None:
    """The room that covers it, what decided, and what the visitor gets; no place is given."""
    viewer = client(Role.VIEWER)
    answer = await viewer.post("/api/trial", json={"url": "https://drop.example/shoes"})
    assert ("drop", "enters") == (answer.json()["room"], answer.json()["fate"])
    await console.live.rooms["drop"].change({"mode": "pause"}, who="test")
    told = (await viewer.post("/api/trial", json={"url": "/shoes", "host": "drop.example"})).json()
    assert ("waits", "the room's mode", "503, the waiting page") == (told["fate"], told["by"], told["answer"])
    assert 0 == (await viewer.get("/api/rooms/drop")).json()["issued"]
    assert [] == await console.audit.page(Filter(action="tryRequest"))


async def test_what_cannot_be_sent_is_refused(client: Client) -> None:
    """With what is wrong."""
    viewer = client(Role.VIEWER)
    for body, word in [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "/a", "host": "drop.example", "headers": [["X", "a\r\nb"]]}, "headers"),
        ({"url": "/a", "host": "drop.example", "address": "nobody"}, "address"),
        ({"url": "/a", "holds": "everything"}, "holds"),
        ({}, "url"),
    ]:
        answer = await viewer.post("/api/trial", json=body)
        assert 422 == answer.status_code
        assert answer.json()["detail"].startswith(word)
