"""The rights that the manual lists are enough for everything, and each of them is needed."""

from __future__ import annotations

import re
from hashlib import sha1
from pathlib import Path

import pytest
from anyio.to_thread import run_sync

from tests.redis.everything import do_everything
from tests.redis.servers import Server
from waitroom.line import lua

pytestmark = pytest.mark.anyio

MANUAL = Path(__file__).parents[2] / "docs" / "redis.md"
PACKAGES = (Path(lua.__file__).parents[1], Path(lua.__file__).parents[2] / "admin")
SCRIPTS = sorted(path.stem for path in (Path(lua.__file__).parent / "scripts").glob("*.lua"))


def listed() -> list[str]:
    """The words of the command that the manual gives."""
    line = next(line for line in MANUAL.read_text().splitlines() if line.startswith("ACL SETUSER waitroom"))
    return line.replace("PASSWORD", "a-password").split()


def in_scripts() -> set[str]:
    """The commands that scripts name."""
    texts = [path.read_text() for package in PACKAGES for path in package.rglob("*.lua")]
    return {name.lower() for text in texts for name in re.findall(r"redis\.p?call\('([A-Za-z]+)'", text)}


async def test_the_rights_suffice(tmp_path: Path, shop: str) -> None:
    """Gateway, console, tools and every script as that user: Redis denies nothing."""
    server = Server(tmp_path / "redis")
    try:
        await run_sync(server.start)
        with server.client() as client:
            client.execute_command(*listed())
            url = f"redis://waitroom:a-password@127.0.0.1:{server.port}/0"
            try:
                await do_everything(tmp_path, url, shop, ["first", "second"])
            finally:
                assert [] == client.acl_log()
            shas = [sha1(lua.source(name).encode(), usedforsecurity=False).hexdigest() for name in SCRIPTS]
            assert [] == [
                name for name, ran in zip(SCRIPTS, client.script_exists(*shas), strict=True) if not ran
            ]
            used = {name.removeprefix("cmdstat_").split("|")[0] for name in client.info("commandstats")}
        granted = {word[1:].split("|")[0] for word in listed() if word.startswith("+")}
        # a worker asks whether there is adaptive admission where it has none
        assert set() == granted - used - in_scripts() - {"exists"}, "are used by nobody"
    finally:
        server.kill()


def test_every_command_of_a_script_is_listed() -> None:
    """Those in branches that are seldom taken, too."""
    assert set() == in_scripts() - {word[1:] for word in listed() if word.startswith("+")}
