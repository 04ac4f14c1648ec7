"""`waitroom check` with an origin of several addresses."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import trustme


class _Shop(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def secure_shop(tmp_path: Path) -> Iterator[str]:
    """The port of a shop behind TLS, whose certificate is for shop.internal; ``ca.pem`` vouches for it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("shop.internal").configure_cert(context)
    with HTTPServer(("127.0.0.1", 0), _Shop) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()


def check(folder: Path, redis_url: str, text: str) -> tuple[int, list[str]]:
    (folder / "w.toml").write_text(f'redis_url = "{redis_url}"\n{text}')
    done = subprocess.run(
        [sys.executable, "-m", "waitroom", "check", "--config", "w.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [line for line in done.stdout.splitlines() if " origin: " in line]


def test_each_address_is_told_by_itself(tmp_path: Path, redis_url: str, secure_shop: str) -> None:
    """One line an address, in their order, with the status or the reason; one that fails is a failure."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        urls = f'["http://127.0.0.1:{port}", "https://127.0.0.1:{secure_shop}", "unix://{tmp_path}/no.sock"]'
        options = 'origin_ca_file = "ca.pem"\norigin_server_name = "shop.internal"\n'
        code, lines = check(tmp_path, redis_url, f"origin = {urls}\n{options}")
    assert 1 == code
    assert lines[0].startswith(f"WRONG origin: http://127.0.0.1:{port}: no connection to ")
    assert f"ok    origin: https://127.0.0.1:{secure_shop} answers 204" == lines[1]
    assert lines[2].startswith(f"WRONG origin: unix://{tmp_path}/no.sock: no connection to ")


def test_a_certificate_that_is_not_accepted(tmp_path: Path, redis_url: str, secure_shop: str) -> None:
    """The reason is the certificate's: who signed it, or whose it is."""
    origin = f'origin = "https://127.0.0.1:{secure_shop}"\n'
    _, [line] = check(tmp_path, redis_url, origin)
    assert "its certificate is not accepted: " in line
    _, [line] = check(tmp_path, redis_url, f'{origin}origin_ca_file = "ca.pem"\n')
    assert line.endswith("IP address mismatch, certificate is not valid for '127.0.0.1'")
