"""A site in a cluster, as a user with the rights that the manual lists: they are enough for everything, and each is
needed; and no command names keys of two slots."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha1
from pathlib import Path

import pytest
from anyio.to_thread import run_sync

from tests.redis.everything import do_everything
from tests.redis.servers import Cluster, Server
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


@pytest.fixture(scope="module")
async def masters(
    one_cluster: Cluster, shop: str, tmp_path_factory: pytest.TempPathFactory
) -> Sequence[Server]:
    """The masters of a cluster after everything was done that is done to Redis: each keeps a room."""
    await run_sync(one_cluster.restore)
    rooms = one_cluster.tags("room", 3)
    for node in one_cluster.nodes:
        with node.client() as client:
            client.execute_command(*listed(), "+cluster|slots")
            client.acl_log_reset()
    url = one_cluster.url.replace("://", "://waitroom:a-password@")
    await do_everything(tmp_path_factory.mktemp("site"), url, shop, rooms)
    return [one_cluster.master_of(room) for room in rooms]


async def test_the_rights_suffice(masters: Sequence[Server]) -> None:
    """Gateway, console, tools and every script: Redis denied nothing to that user."""
    ran: set[str] = set()
    for server in masters:
        with server.client() as client:
            assert [] == client.acl_log()
            shas = [sha1(lua.source(name).encode(), usedforsecurity=False).hexdigest() for name in SCRIPTS]
            ran |= {name for name, known in zip(SCRIPTS, client.script_exists(*shas), strict=True) if known}
    assert SCRIPTS == sorted(ran)


async def test_nothing_crosses_slots(masters: Sequence[Server]) -> None:
    """Nor was any command sent to a node that has not the slot: each room's client knows where it is."""
    assert 3 == len(set(masters))
    for server in masters:
        with server.client() as client:
            assert set() == {"errorstat_CROSSSLOT", "errorstat_MOVED"} & client.info("errorstats").keys()
            assert client.dbsize() > 0


async def test_no_right_is_superfluous(masters: Sequence[Server]) -> None:
    """Each was used, or stands in a script where it seldom is."""
    used: set[str] = set()
    for server in masters:
        with server.client() as client:
            used |= {name.removeprefix("cmdstat_").split("|")[0] for name in client.info("commandstats")}
    granted = {word[1:].split("|")[0] for word in listed() if word.startswith("+")}
    # a worker asks whether there is adaptive admission where it has none
    assert set() == granted - used - in_scripts() - {"exists"}


def test_every_command_of_a_script_is_listed() -> None:
    """Those in branches that are seldom taken, too."""
    assert set() == in_scripts() - {word[1:] for word in listed() if word.startswith("+")}
