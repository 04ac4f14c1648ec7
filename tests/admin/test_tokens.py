"""API tokens: who they stand for, and when they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.auth.roles import Role
from admin.auth.tokens import Tokens
from admin.console import Console
from admin.store import Store
from tests.admin.conftest import Client

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrt_forged", "Basic abc", "Bearer " + "x" * 5000])
async def test_nobody_unknown_is_told_anything(client: Client, header: str) -> None:
    """Without a token, or with a wrong one, the answer is 401 and says how to come in."""
    answer = await client().get("/api/rooms", headers={"authorization": header} if header else {})
    assert (401, "Bearer") == (answer.status_code, answer.headers["www-authenticate"])
    assert "application/problem+json" == answer.headers["content-type"]


async def test_a_token_lets_in_until_it_is_revoked(client: Client, console: Console) -> None:
    """At once, not after some time."""
    viewer = client(Role.VIEWER)
    assert 200 == (await viewer.get("/api/rooms")).status_code
    (token,) = await console.tokens.all()
    assert (Role.VIEWER, "test viewer", "test", None) == (
        token.role,
        token.label,
        token.made_by,
        token.revoked_at,
    )
    assert await console.tokens.revoke(token.id)
    assert not await console.tokens.revoke(token.id)
    assert 401 == (await viewer.get("/api/rooms")).status_code


async def test_a_token_ends_at_its_time(tmp_path: Path) -> None:
    """And not before; one without an end goes on."""
    now = [1000.0]
    store = Store(tmp_path)
    tokens = Tokens(store, clock=lambda: now[0])
    short = tokens.make(Role.ADMIN, label="", made_by="test", seconds=60)
    long = tokens.make(Role.ADMIN, label="", made_by="test")
    now[0] = 1059.9
    assert await tokens.actor(short) is not None
    now[0] = 1060.0
    assert await tokens.actor(short) is None
    assert await tokens.actor(long) is not None
    store.close()


def test_the_file_has_no_token_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Whoever reads the file cannot act with what is in it."""
    store = Store(tmp_path)
    token = Tokens(store).make(Role.ADMIN, label="deploys", made_by="test")
    store.close()
    assert 0o600 == store.path.stat().st_mode & 0o777
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"deploys" in kept
    assert token.removeprefix("wrt_").encode() not in kept
