"""HTTPS by settings: certificate and key in files."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import trustme

from tests.contract.harness import PAGE, Gateway, start_gateway
from tests.transparency.shop import Call, Premises, said, says
from tests.transparency.site import HOST, chunked, request, until
from tests.transparency.visitor import Visitor

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Files:
    """A certificate for the shop's host, its key, and the key of another."""

    authority: trustme.CA
    certificate: Path
    key: Path
    other_key: Path

    @property
    def trust(self) -> ssl.SSLContext:
        """What a browser that knows the authority believes."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Made for this run."""
    folder, authority = tmp_path_factory.mktemp("certificates"), trustme.CA()
    made = Files(authority, folder / "cert.pem", folder / "key.pem", folder / "other.pem")
    issued = authority.issue_cert(HOST, "127.0.0.1")
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(made.certificate, append=number > 0)
    issued.private_key_pem.write_to_path(made.key)
    authority.issue_cert(HOST).private_key_pem.write_to_path(made.other_key)
    return made


@pytest.fixture(scope="module")
def secure(
    redis_url: str, premises: Premises, files: Files, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that speaks HTTPS."""
    folder = tmp_path_factory.mktemp("secure")
    gateway = start_gateway(
        folder,
        redis_url,
        premises.url,
        [{"name": "secure"}],
        trust=files.trust,
        tls_cert_file=str(files.certificate),
        tls_key_file=str(files.key),
    )
    try:
        yield gateway
        gateway.stop()
    finally:
        gateway.kill()


@asynccontextmanager
async def by_tls(gateway: Gateway, files: Files) -> AsyncIterator[Visitor]:
    """A visitor on a raw connection with TLS."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", gateway.port, ssl=files.trust, server_hostname=HOST
    )
    try:
        yield Visitor(reader, writer)
    finally:
        writer.transport.abort()


async def test_the_shop_by_https(secure: Gateway, premises: Premises, files: Files) -> None:
    """The certificate proves the host; the shop is told the scheme; the gateway's cookies are Secure."""
    assert secure.url.startswith("https://")
    client = httpx.AsyncClient(verify=files.trust, headers={**PAGE, "host": HOST})
    async with premises.open(says(said(b"page"))) as shop, client:
        answer = await client.get(f"{secure.url}/page", extensions={"sni_hostname": HOST})
    assert (200, "page") == (answer.status_code, answer.text)
    cookies = answer.headers.get_list("set-cookie")
    assert 2 == len(cookies)
    assert all("; Secure" in cookie for cookie in cookies)
    assert ([b"https"], [HOST.encode()]) == (
        shop.calls[0].values(b"x-forwarded-proto"),
        shop.calls[0].values(b"x-forwarded-host"),
    )


async def test_large_bodies_by_https(secure: Gateway, premises: Premises, files: Files) -> None:
    """Some megabytes each way."""
    body = bytes(range(256)) * 20_000

    async def echo(call: Call) -> None:
        await call.say(said((await call.message()).body))

    async with premises.open(echo), by_tls(secure, files) as visitor:
        await visitor.say(request(b"PUT /film", body=body))
        assert body == (await visitor.answer()).body


async def test_an_early_answer_by_https(secure: Gateway, premises: Premises, files: Files) -> None:
    """It arrives whole though the client is still sending, as without TLS."""

    async def answer(call: Call) -> None:
        await call.reader.read(10)
        await call.say(said(b"too much" * 1000, b"Connection: close", status=b"413 Content Too Large"))
        await call.gone()

    async with premises.open(answer), by_tls(secure, files) as visitor:

        async def upload() -> None:
            visitor.writer.write(request(b"PUT /film", b"Transfer-Encoding: chunked"))
            while True:
                visitor.writer.write(chunked(b"z" * 16_384)[:-5])
                await visitor.writer.drain()
                await asyncio.sleep(0.01)

        sending = asyncio.create_task(upload())
        got = await visitor.answer()
        assert (413, b"too much" * 1000) == (got.status, got.body)
        sending.cancel()


async def test_a_refusal_by_https(secure: Gateway, files: Files) -> None:
    """Arrives whole, and the connection is closed properly."""
    async with by_tls(secure, files) as visitor:
        await visitor.say(b"GET / HTTP/1.1\r\n\r\n" + b"GET / HTTP/1.1\r\n" * 1000)
        assert 400 == (await visitor.answer()).status
        await visitor.ends()


async def test_a_visitor_by_https_leaves(secure: Gateway, premises: Premises, files: Files) -> None:
    """And the shop's connection ends."""

    async def answer(call: Call) -> None:
        await call.gone()

    async with premises.open(answer) as shop, by_tls(secure, files) as visitor:
        await visitor.say(request(b"GET /work"))
        await until(lambda: bool(shop.calls))
        visitor.writer.close()
        await until(lambda: shop.open == 0, seconds=3)


async def test_plain_http_on_the_port_does_no_harm(secure: Gateway, premises: Premises, files: Files) -> None:
    """It is closed without reaching the shop, and those who speak TLS are served."""
    async with premises.open(says(said(b"page"))) as shop:
        answers = [await secure.raw(request(b"GET /plain")) for _ in range(20)]
        assert {True} == {closed for _, closed in answers}
        assert not any(b"HTTP/1.1 200" in answer for answer, _ in answers)
        async with by_tls(secure, files) as visitor:
            await visitor.say(request(b"GET /page"))
            assert b"page" == (await visitor.answer()).body
        assert [b"/page"] == [call.target for call in shop.calls]


@pytest.mark.parametrize("wrong", ["other-key", "no-key", "no-certificate", "no-file", "not-a-certificate"])
def test_what_does_not_fit_is_refused_at_the_start(
    files: Files, redis_url: str, tmp_path: Path, wrong: str
) -> None:
    """With one clear line that names the setting."""
    junk = tmp_path / "junk.pem"
    junk.write_text("no certificate\n")
    certificate, key = {
        "other-key": (files.certificate, files.other_key),
        "no-key": (files.certificate, None),
        "no-certificate": (None, files.key),
        "no-file": (files.certificate, tmp_path / "missing.pem"),
        "not-a-certificate": (junk, files.key),
    }[wrong]
    lines = [f"redis_url = {json.dumps(redis_url)}", 'secret = "a secret for tests only"']
    lines += [f"tls_cert_file = {json.dumps(str(certificate))}"] if certificate else []
    lines += [f"tls_key_file = {json.dumps(str(key))}"] if key else []
    config = tmp_path / "waitroom.toml"
    config.write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "waitroom", "serve", "--config", str(config), "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert 0 != ended.returncode
    complaint = [line for line in ended.stderr.splitlines() if line.strip()]
    assert "Traceback" not in ended.stderr
    assert [True] == ["tls_" in line for line in complaint if "waitroom.toml" in line or "tls_" in line], (
        complaint
    )
    assert 1 == len(complaint), complaint
