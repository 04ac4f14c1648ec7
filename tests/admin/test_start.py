"""How people first get into a console that was just started, and how they always can."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client
from tests.admin.people import OTHER_PASSWORD, PASSWORD, Browser
from tests.admin.test_process import children, serving
from waitroom.cli.token import make_token
from waitroom.cli.user import make_link
from waitroom.errors import SettingsError
from waitroom.settings import Settings

pytestmark = pytest.mark.anyio

FIRST = re.compile(
    r"waitroom console: sign in for the first time, within an hour: (\S+)/welcome\?link=(\S+)\n"
)


def printed(process: subprocess.Popen[str]) -> tuple[str, str]:
    """The address and the link's secret in the next line of the start."""
    assert process.stdout is not None
    found = FIRST.fullmatch(process.stdout.readline())
    assert found is not None
    return found[1], found[2]


async def test_the_link_is_printed_at_each_start(tmp_path: Path, redis_url: str) -> None:
    """Anew at each life of the console, and the one before is over then."""
    with serving(tmp_path, redis_url) as (process, _, console):
        address, old = printed(process)
        assert console == address
        (pid,) = children(process.pid, "spawn_main")
        os.kill(pid, signal.SIGKILL)
        assert process.stdout is not None
        assert console == process.stdout.readline().split()[2]
        _, new = printed(process)
        async with httpx.AsyncClient(base_url=console, timeout=20) as client:
            assert 410 == (await client.get("/welcome", params={"link": old})).status_code
            form = {"link": new, "name": "anna", "password": PASSWORD}
            assert 303 == (await client.post("/welcome", data=form)).status_code
            assert 200 == (await client.get("/account", headers={"accept": "text/html"})).status_code


async def test_the_command_line_always_lets_somebody_in(
    settings: Settings, console: Console, client: Client, browser: Browser
) -> None:
    """Somebody new with a role, somebody who is there with another password; the log says who did it."""
    for name, role, says in (
        ("bob", None, "say their --role"),
        ("token x", Role.VIEWER, "kept for programs"),
    ):
        with pytest.raises(SettingsError, match=says):
            await asyncio.to_thread(make_link, settings, name, role, without_codes=False)
    for name, role, password in (("bob", Role.ADMIN, PASSWORD), ("BOB", None, OTHER_PASSWORD)):
        link = await asyncio.to_thread(make_link, settings, name, role, without_codes=True)
        assert link.startswith("http://127.0.0.1:8001/welcome?link=")
        form = {"link": link.partition("=")[2], "password": password}
        assert "/" == (await browser().post("/welcome", data=form)).headers["location"]
        user = await console.people.users.named("bob")
        assert user is not None
        await console.people.users.set_totp(
            user.id, console.people.totp.seal("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        )
    program = client()
    held = await asyncio.to_thread(make_token, settings, Role.ADMIN, "1d", "deploys")
    program.headers["authorization"] = f"Bearer {held}"
    entries = (await program.get("/api/audit")).json()["entries"]
    by_hand = [each["action"] for each in entries if each["who"].endswith(" by command line")]
    assert ["makeToken", "makeUserLink", "turnOffUserCodes", "makeUserLink", "inviteUser"] == by_hand
