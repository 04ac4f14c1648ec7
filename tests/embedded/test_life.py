"""An embedded Redis is started, keeps its data, is watched over, and ends with its gateway."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from waitroom.embedded import EmbeddedRedis
from waitroom.embedded.directory import DataDirectory
from waitroom.embedded.pidfile import hold_pid_file
from waitroom.embedded.process import ServerProcess
from waitroom.errors import RedisServerError

Client = Callable[[EmbeddedRedis | str], redis.Redis]
Eventually = Callable[[Callable[[], bool]], None]


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _is_gone(directory: DataDirectory) -> bool:
    return not directory.socket.exists()


def test_data_survives_a_stop_and_a_start(server: Path, tmp_path: Path, client: Client) -> None:
    """What was written before a stop is there after the next start, on every server."""
    running = EmbeddedRedis(tmp_path, find=lambda: server)
    with running:
        client(running).set("kept", "yes")
    with running:
        assert client(running).get("kept") == b"yes"


def test_it_listens_only_on_its_socket(embedded: EmbeddedRedis, client: Client, tmp_path: Path) -> None:
    """There is no TCP port, and only the owner may use the socket."""
    settings = client(embedded).config_get()
    assert tuple(
        settings[name] for name in ("port", "unixsocketperm", "appendonly", "appendfsync", "save")
    ) == ("0", "700", "yes", "everysec", "")
    assert (tmp_path / "data" / "redis.sock").stat().st_mode & 0o777 == 0o700


def test_a_killed_server_is_restarted_with_its_data(
    server: Path, tmp_path: Path, client: Client, eventually: Eventually, caplog: pytest.LogCaptureFixture
) -> None:
    """After a kill -9 of the server it answers again within seconds, has its data, and the log tells."""
    with EmbeddedRedis(tmp_path, find=lambda: server) as running:
        client(running).set("kept", "yes")
        first = running.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        eventually(lambda: running.pid not in (first, None) and _answers(client(running)))
        assert client(running).get("kept") == b"yes"
    assert any(
        record.name == "waitroom.redis" and record.levelno == logging.ERROR and "SIGKILL" in record.message
        for record in caplog.records
    )


def test_a_cut_append_only_file_is_loaded(server: Path, tmp_path: Path, client: Client) -> None:
    """A file whose last command was cut by a crash is loaded up to there."""
    with EmbeddedRedis(tmp_path, find=lambda: server) as running:
        client(running).set("kept", "yes")
        client(running).set("cut", "a value that is long enough")
    written = max((tmp_path / "redis").rglob("*.aof"), key=lambda path: path.stat().st_size)
    os.truncate(written, written.stat().st_size - 5)
    with EmbeddedRedis(tmp_path, find=lambda: server) as running:
        assert client(running).mget("kept", "cut") == [b"yes", None]


def test_restarts_go_on_until_one_succeeds(
    any_server: Path, tmp_path: Path, client: Client, eventually: Eventually, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that cannot be started again is tried again, with growing pauses, until it can."""
    flaky, broken = tmp_path / "flaky-server", tmp_path / "broken"
    flaky.write_text(f'#!/bin/sh\n[ -e "{broken}" ] && exit 3\nexec "{any_server}" "$@"\n')
    flaky.chmod(0o700)
    with EmbeddedRedis(tmp_path / "data", find=lambda: flaky) as running:
        client(running).set("kept", "yes")
        broken.touch()
        assert running.pid is not None
        os.kill(running.pid, signal.SIGKILL)
        eventually(lambda: caplog.text.count("exit code 3") >= 2)
        broken.unlink()
        eventually(lambda: _answers(client(running)))
        assert client(running).get("kept") == b"yes"
    assert "in 0.1 s" in caplog.text
    assert "in 0.2 s" in caplog.text


def test_stop_ends_the_watching(embedded: EmbeddedRedis) -> None:
    """After a stop there is no server and no thread, and a second stop does nothing."""
    embedded.stop()
    embedded.stop()
    assert embedded.pid is None
    assert "waitroom-redis" not in {thread.name for thread in threading.enumerate()}


def test_repr_tells_the_state(embedded: EmbeddedRedis, tmp_path: Path) -> None:
    """The repr names the directory and whether the server runs."""
    assert f"<EmbeddedRedis {tmp_path}/data running, pid {embedded.pid}>" == repr(embedded)
    embedded.stop()
    assert f"<EmbeddedRedis {tmp_path}/data stopped>" == repr(embedded)


def test_a_killed_gateway_leaves_no_server(
    owner_command: list[str], tmp_path: Path, client: Client, eventually: Eventually, any_server: Path
) -> None:
    """After a kill -9 of the gateway its server ends by itself, and the next gateway has the data at once."""
    with subprocess.Popen(owner_command, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        directory = DataDirectory(tmp_path / "data")
        client(f"unix://{directory.socket}").set("kept", "yes")
        owner.kill()
    with EmbeddedRedis(directory.path, find=lambda: any_server) as running:
        assert client(running).get("kept") == b"yes"


def test_a_killed_gateways_server_ends_within_seconds(
    owner_command: list[str], tmp_path: Path, eventually: Eventually
) -> None:
    """After a kill -9 of the gateway nothing listens any more and nothing holds the pid file."""
    with subprocess.Popen(owner_command, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        owner.kill()
    directory = DataDirectory(tmp_path / "data")
    eventually(lambda: _is_gone(directory))
    with hold_pid_file(directory.pid_file, directory.socket):
        pass


def test_ctrl_c_leaves_redis_to_the_gateway(owner_command: list[str], tmp_path: Path, client: Client) -> None:
    """A SIGINT to the gateway's whole process group ends Redis only when the gateway says so."""
    with subprocess.Popen(owner_command, stdout=subprocess.PIPE, start_new_session=True) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        directory = DataDirectory(tmp_path / "data")
        client(f"unix://{directory.socket}").set("kept", "yes")
        os.killpg(owner.pid, signal.SIGINT)
        assert owner.stdout.readline() == b"yes\n"
    assert (owner.returncode, _is_gone(directory)) == (0, True)


def test_a_server_left_behind_is_replaced(any_server: Path, tmp_path: Path, client: Client) -> None:
    """A server whose gateway is gone, and that did not notice, is ended at the next start."""
    directory = DataDirectory(tmp_path)
    directory.take()
    left_behind = ServerProcess(any_server, directory)
    left_behind.wait_ready()
    client(f"unix://{directory.socket}").set("kept", "yes")
    directory.release()
    with EmbeddedRedis(tmp_path, find=lambda: any_server) as running:
        assert left_behind.wait() == 0
        assert client(running).get("kept") == b"yes"


def test_a_second_gateway_is_refused(embedded: EmbeddedRedis, tmp_path: Path, any_server: Path) -> None:
    """A second gateway on the same directory is refused, told the pid of the first, and does no harm."""
    second = EmbeddedRedis(tmp_path / "data", find=lambda: any_server)
    with pytest.raises(RedisServerError) as refused:
        second.start()
    assert (
        f"another waitroom (pid {os.getpid()}) already uses {tmp_path}/data; stop it or set data_dir"
    ) == str(refused.value)
    assert embedded.pid is not None


def test_the_environment_of_the_server_holds_no_secret(
    any_server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway's settings, its secret among them, are not handed to the server."""
    monkeypatch.setenv("WAITROOM_SECRET", "0123456789abcdef")
    monkeypatch.setenv("LC_ALL", "xx_YY.UTF-8")
    with EmbeddedRedis(tmp_path, find=lambda: any_server) as running:
        environ = Path(f"/proc/{running.pid}/environ")
        assert not environ.exists() or b"WAITROOM" not in environ.read_bytes()
