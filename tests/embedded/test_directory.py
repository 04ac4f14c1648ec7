"""Any directory works, or the message says why it does not."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from waitroom.embedded import EmbeddedRedis
from waitroom.embedded.directory import DataDirectory
from waitroom.errors import RedisServerError

Client = Callable[[EmbeddedRedis | str], redis.Redis]

HOSTILE = [
    "with space",
    "quote\"and'quote",
    "back\\slash",
    "ümläut",
    "percent%20",
    "--save",
    "new\nline",
    "#x",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_work(name: str, server: Path, tmp_path: Path, client: Client) -> None:
    """Spaces, quotes and the like in the path reach the server unchanged."""
    with EmbeddedRedis(tmp_path / name, find=lambda: server) as running:
        client(running).set("kept", "yes")
    assert list((tmp_path / name / "redis").rglob("*.aof*")) != []


def test_names_that_are_no_unicode_work(server: Path, tmp_path: Path, client: Client) -> None:
    """A path of arbitrary bytes gets its socket elsewhere, as an address could not name it."""
    with EmbeddedRedis(
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe")), find=lambda: server
    ) as running:
        assert client(running).ping()


def test_a_path_too_long_for_a_socket_works(server: Path, tmp_path: Path, client: Client) -> None:
    """The socket of a long path is put in a short folder that only its owner may enter, always the same."""
    long = tmp_path / ("d" * 100) / ("e" * 100)
    with EmbeddedRedis(long, find=lambda: server) as running:
        client(running).set("kept", "yes")
        folder = DataDirectory(long).socket.parent
        assert folder.stat().st_mode == stat.S_IFDIR | 0o700
    with EmbeddedRedis(long, find=lambda: server) as running:
        assert client(running).get("kept") == b"yes"
    assert not folder.exists()


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path, any_server: Path) -> None:
    """A socket folder that others may enter is not used."""
    long = tmp_path / ("d" * 120)
    folder = DataDirectory(long).socket.parent
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    try:
        with pytest.raises(RedisServerError, match="belongs to somebody else"):
            EmbeddedRedis(long, find=lambda: any_server).start()
    finally:
        folder.rmdir()


def test_a_relative_path_works_from_another_folder_later(
    tmp_path: Path, any_server: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path is that of the moment it was given."""
    monkeypatch.chdir(tmp_path)
    running = EmbeddedRedis(Path("data"), find=lambda: any_server)
    monkeypatch.chdir("/")
    with running:
        assert f"unix://{tmp_path}/data/redis.sock" == running.url


def test_only_the_owner_may_enter(embedded: EmbeddedRedis, tmp_path: Path) -> None:
    """A directory that is created is closed to others."""
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_file_instead_of_a_directory_is_told(tmp_path: Path, any_server: Path) -> None:
    """Where data_dir is a file, the message says so."""
    (tmp_path / "data").write_text("")
    with pytest.raises(RedisServerError, match=r"data_dir .*/data cannot be used: File exists"):
        EmbeddedRedis(tmp_path / "data", find=lambda: any_server).start()


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A directory that this process may not write to, even where the tests run as root."""
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o500)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65_534)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o700)


def test_a_directory_that_cannot_be_written_to_is_told(read_only: Path, any_server: Path) -> None:
    """Where nothing may be written, the message says so and what to do."""
    with pytest.raises(
        RedisServerError, match=r"cannot be used: Permission denied; set data_dir to a folder"
    ):
        EmbeddedRedis(read_only, find=lambda: any_server).start()


FULL = """
import resource, sys
from pathlib import Path
from waitroom.embedded import EmbeddedRedis
from waitroom.errors import RedisServerError
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
try:
    EmbeddedRedis(Path(sys.argv[1])).start()
except RedisServerError as error:
    print(error)
"""


def test_a_disk_that_takes_no_more_is_told(tmp_path: Path) -> None:
    """Where files cannot grow, the start fails at once and says so."""
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert f"data_dir {tmp_path} cannot be used: File too large" in ran.stdout


def test_a_failed_start_lets_go_of_the_directory(tmp_path: Path, any_server: Path) -> None:
    """After a start that failed, the next one is not refused."""

    def nothing() -> Path:
        raise RedisServerError("nothing here")

    with pytest.raises(RedisServerError, match="nothing here"):
        EmbeddedRedis(tmp_path, find=nothing).start()
    with EmbeddedRedis(tmp_path, find=lambda: any_server) as running:
        assert running.pid is not None


def test_a_large_log_is_put_aside(tmp_path: Path, any_server: Path) -> None:
    """The server's log is begun anew at a start once it is large, and the one before is kept."""
    (tmp_path / "redis.log").write_bytes(bytes(1_000_001))
    with EmbeddedRedis(tmp_path, find=lambda: any_server):
        assert (tmp_path / "redis.log.1").stat().st_size == 1_000_001
        assert (tmp_path / "redis.log").stat().st_size < 1_000_000


def test_damaged_data_is_told_with_the_servers_own_words(
    tmp_path: Path, server: Path, client: Client
) -> None:
    """Where the server gives up, its last words are in the message, and no data is thrown away."""
    with EmbeddedRedis(tmp_path, find=lambda: server) as running:
        client(running).set("kept", "yes")
        client(running).set("also", "yes")
    written = max((tmp_path / "redis").rglob("*.aof"), key=lambda path: path.stat().st_size)
    damaged = b"nonsense\r\n" + written.read_bytes()[10:]
    written.write_bytes(damaged)
    with pytest.raises(
        RedisServerError, match=r"exit code 1 at its start\. It logged:\n(.*\n)*.*Bad file format"
    ):
        EmbeddedRedis(tmp_path, find=lambda: server).start()
    assert damaged == written.read_bytes()


def test_data_of_a_later_redis_is_not_taken_for_none(tmp_path: Path, any_server: Path) -> None:
    """Redis 6 does not see what Redis 7 wrote; instead of an empty start there is a message."""
    (tmp_path / "redis" / "appendonlydir").mkdir(parents=True)
    old = tmp_path / "old-server"
    old.write_text('#!/bin/sh\necho "Redis server v=6.2.14 sha=0"\n')
    old.chmod(0o700)
    with pytest.raises(RedisServerError, match=r"written by Redis 7 or later, and Redis 6\.2 cannot read it"):
        EmbeddedRedis(tmp_path, find=lambda: old).start()
