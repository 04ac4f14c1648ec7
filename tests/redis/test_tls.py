"""Redis by TLS, with a certificate of the gateway's own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from redis import Redis
from redis.exceptions import RedisError

from tests.faults.site import free_port, until
from waitroom.assembly.redis import connect
from waitroom.embedded import find_server
from waitroom.settings import RedisSettings

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Secured:
    """A master that listens for TLS alone and asks everyone for a certificate, and its sentinel, which does too."""

    folder: Path
    port: int
    sentinel_port: int

    @property
    def urls(self) -> list[str]:
        """Of both."""
        return [
            f"rediss://127.0.0.1:{self.port}/0",
            f"rediss+sentinel://127.0.0.1:{self.sentinel_port}/line/0",
        ]

    def settings(self, **changes: str | None) -> RedisSettings:
        """Those of a gateway that is known here."""
        given = {"ca": "ca.pem", "cert": "gateway.pem", "key": "gateway-key.pem", **changes}
        files = {f"redis_{name}_file": str(self.folder / file) for name, file in given.items() if file}
        return RedisSettings.model_validate({"redis_url": self.urls[0], **files})


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """With certificates of one authority; ``other.pem`` is of another."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    trustme.CA().cert_pem.write_to_path(str(folder / "other.pem"))
    for name, identity in (("server", "127.0.0.1"), ("gateway", "gateway.internal")):
        issued = authority.issue_cert(identity)
        issued.cert_chain_pems[0].write_to_path(str(folder / f"{name}.pem"))
        issued.private_key_pem.write_to_path(str(folder / f"{name}-key.pem"))
    made = Secured(folder, free_port(), free_port())
    tls = {"tls-cert-file": "server.pem", "tls-key-file": "server-key.pem", "tls-ca-cert-file": "ca.pem"}
    options = [word for name, file in tls.items() for word in (f"--{name}", str(folder / file))]
    watching = folder / "sentinel.conf"
    watching.write_text(f"sentinel monitor line 127.0.0.1 {made.port} 1\n")
    starts = (
        (made.port, ["--save", ""]),
        (made.sentinel_port, [str(watching), "--sentinel", "--tls-replication", "yes"]),
    )
    running = []
    try:
        for port, more in starts:
            first = more[:1] if more[0].endswith(".conf") else []
            rest = [
                *more[len(first) :],
                *options,
                "--port",
                "0",
                "--tls-port",
                str(port),
                "--dir",
                str(folder),
            ]
            running.append(subprocess.Popen([str(find_server()), *first, *rest], stdout=subprocess.DEVNULL))
            until(lambda port=port: answers(folder, port), "Redis does not start")  # type: ignore[misc]
        yield made
    finally:
        for process in running:
            process.kill()
            process.wait()


def answers(folder: Path, port: int) -> bool:
    """Whether a server is there."""
    files = {"ca_certs": "ca.pem", "certfile": "gateway.pem", "keyfile": "gateway-key.pem"}
    options = {f"ssl_{name}": str(folder / file) for name, file in files.items()}
    try:
        with Redis(port=port, host="127.0.0.1", ssl=True, **options) as client:  # type: ignore[arg-type]
            return bool(client.ping())
    except RedisError:
        return False


@pytest.mark.parametrize("which", [0, 1], ids=["server", "sentinel"])
async def test_both_are_known_to_each_other(secured: Secured, which: int) -> None:
    """By the authority's signature, and the server's name or address."""
    redis = connect(secured.urls[which], secured.settings())
    assert await redis.set("waitroom:1:test", "1")
    await redis.aclose()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ca": "other.pem"}, "certificate verify failed"),
        ({"ca": None}, "certificate verify failed"),
        ({"cert": None, "key": None}, "certificate required|Connection closed|Connection reset|reading from"),
    ],
    ids=["another authority", "the system's authorities", "no certificate"],
)
async def test_a_stranger_is_refused(secured: Secured, changes: dict[str, str | None], reason: str) -> None:
    """Whichever side does not know the other."""
    redis = connect(secured.urls[0], secured.settings(**changes))
    with pytest.raises(RedisError, match=reason):
        await redis.ping()
    await redis.aclose()
