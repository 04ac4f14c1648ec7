"""nginx in front of the gateway, with the configuration that ``deploy/nginx`` has for users."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadtests.measure.plain_proxies import find
from loadtests.measure.servers import Server, started

CONFIG = Path(__file__).parents[2] / "deploy" / "nginx" / "waitroom.conf"
_START_SECONDS = 10.0
_AROUND = """
daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid {folder}/pid; error_log stderr warn;
{user}events {{ worker_connections 9000; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    map $upstream_addr $asked {{ '' 0; default 1; }}
    log_format asked '$uri $status';
    log_subrequest on;
    access_log {folder}/asked asked if=$asked;
    keepalive_requests 100000000;
    {site}
}}
"""


@dataclass(frozen=True, slots=True)
class Front:
    """A running nginx."""

    server: Server
    folder: Path

    def asked(self) -> list[str]:
        """The paths for which it has asked the gateway so far."""
        return [line.split()[0] for line in (self.folder / "asked").read_text().splitlines()]


@contextmanager
def cdn(gateway: Server) -> Iterator[Front]:
    """Raises ``FileNotFoundError`` where there is no nginx."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="waitroom-measure-") as name:
        folder = Path(name)
        site = CONFIG.read_text()
        for ours, theirs in (
            ("/var/cache/nginx-waitroom", f"{folder}/cache"),
            ("server 127.0.0.1:8000;", f"server {gateway.host}:{gateway.port};"),
            ("listen 80;", f"listen 127.0.0.1:{port};"),
        ):
            if ours not in site:
                raise ValueError(f"{CONFIG} has no {ours!r}")
            site = site.replace(ours, theirs)
        # a worker of another user could not write here
        user = "user root;\n" if os.geteuid() == 0 else ""
        path = folder / "config"
        path.write_text(_AROUND.format(folder=folder, user=user, site=site))
        log = folder / "log"
        with (
            log.open("wb") as said,
            started([find("nginx"), "-c", str(path), "-e", "stderr"], stderr=said) as process,
        ):
            deadline = time.monotonic() + _START_SECONDS
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError as error:
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise RuntimeError(f"nginx did not start: {log.read_text()}") from error
                    time.sleep(0.02)
            yield Front(Server("127.0.0.1", port, process.pid), folder)
