"""Well-known web servers as plain proxies on one core: one worker or thread each, no access log."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType

from loadtests.measure.servers import Server, started

_START_SECONDS = 10.0
_NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    {options}
    # a thousand unless told, and the load stays on its connections
    keepalive_requests 100000000;
    client_max_body_size 0;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream shop {{ server {origin}; keepalive 64; keepalive_requests 100000000; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://shop;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""
_HAPROXY = """
global
    nbthread 1
    maxconn 4096
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
listen shop
    bind 127.0.0.1:{port}
    server shop {origin}
"""
_CADDY = """
{{
    admin off
    auto_https off
    log {{
        output discard
    }}
}}
http://127.0.0.1:{port} {{
    reverse_proxy {origin}
}}
"""
UNBUFFERED = "proxy_buffering off; proxy_request_buffering off;"
"""For :func:`nginx`: it keeps no more of a body than fits its buffers."""


@contextmanager
def nginx(origin: Server, options: str = "") -> Iterator[Server]:
    """nginx with ``options`` at the level of ``http``, else as it comes. Raises ``FileNotFoundError`` without it."""
    with _placed(_NGINX, origin, options=options) as (path, port):
        command = [find("nginx"), "-c", str(path), "-e", "stderr"]
        with _listening(command, path, port) as server:
            yield server


@contextmanager
def haproxy(origin: Server) -> Iterator[Server]:
    """HAProxy with one thread. Raises ``FileNotFoundError`` without it."""
    with _placed(_HAPROXY, origin) as (path, port):
        command = [find("haproxy"), "-f", str(path)]
        with _listening(command, path, port) as server:
            yield server


@contextmanager
def caddy(origin: Server) -> Iterator[Server]:
    """Caddy on one processor. Raises ``FileNotFoundError`` without it."""
    with _placed(_CADDY, origin) as (path, port):
        command = [find("caddy"), "run", "--adapter", "caddyfile", "--config", str(path)]
        with _listening(command, path, port, {"GOMAXPROCS": "1"}) as server:
            yield server


PLAIN: Mapping[str, Callable[[Server], AbstractContextManager[Server]]] = {
    "nginx": nginx,
    "haproxy": haproxy,
    "caddy": caddy,
}


def installed(name: str) -> bool:
    """Whether this machine has that web server."""
    return _which(name) is not None


def _which(name: str) -> str | None:
    # where they are installed, but seldom on the path of a plain user
    return shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")


def find(name: str) -> str:
    """Where a web server is. Raises ``FileNotFoundError`` where there is none."""
    found = _which(name)
    if found is None:
        raise FileNotFoundError(name)
    return found


@contextmanager
def _placed(template: str, origin: Server, **options: str) -> Iterator[tuple[Path, int]]:
    """A configuration file in a folder of its own, and the port that it names."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="waitroom-measure-") as folder:
        Path(folder).chmod(0o755)  # nginx's worker may be another user
        path = Path(folder) / "config"
        address = f"{origin.host}:{origin.port}"
        path.write_text(template.format(folder=folder, port=port, origin=address, **options))
        yield path, port


@contextmanager
def _listening(
    command: list[str], path: Path, port: int, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Server]:
    """A server with that configuration and port, once it listens. What it says and keeps stays beside ``path``."""
    folder = str(path.parent)
    home = {"HOME": folder, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder}
    log = path.with_name("log")
    with (
        log.open("wb") as said,
        started(command, stderr=said, environment={**os.environ, **home, **environment}) as process,
    ):
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{command[0]} did not start: {log.read_text()}") from error
                time.sleep(0.02)
        yield Server("127.0.0.1", port, process.pid)
