"""A sealed form counts for its room and address, and for an hour."""

from __future__ import annotations

from hashlib import sha256

import pytest
from itsdangerous import TimestampSigner

from waitroom.gate.bodies import Bodies, replay
from waitroom.gate.negotiate import Kind
from waitroom.gate.request import Request
from waitroom.gate.returns import FIELD, OPEN_SECONDS, Returns
from waitroom.proxy import TrustedProxies
from waitroom.telemetry.counters import Counters

pytestmark = pytest.mark.anyio

SECRETS = ["the newest of the secrets", "an older one of the secrets"]


async def _nobody(*_: object) -> dict[str, object]:
    raise AssertionError("nothing more is read or written")


def request(body: bytes, *fields: tuple[bytes, bytes], target: bytes = b"/pay?x=1") -> Request:
    """A form, sent to an address."""
    path, _, query = target.partition(b"?")
    scope = {
        "type": "http", "method": "POST", "path": path.decode(), "raw_path": path, "query_string": query,
        "headers": [(b"host", b"shop.example"), (b"content-length", b"%d" % len(body)), *fields],
        "scheme": "https", "client": ("192.0.2.1", 1),
    }  # fmt: skip
    return Request(scope, replay(body, _nobody), _nobody, TrustedProxies(), Counters())  # type: ignore[arg-type]


async def sealed(secrets: list[str] = SECRETS, room: str = "drop") -> bytes:
    """The body of a form that was handed back."""
    foreign = request(b"a=1", (b"origin", b"https://bank.example"), (b"content-type", b"x/y"))
    return f"{FIELD}={await Returns(room, secrets, Bodies()).seal(foreign)}\r\n".encode()


OURS = (b"origin", b"https://shop.example")


async def opened(body: bytes, *, target: bytes = b"/pay?x=1") -> tuple[bool, Kind | None, list[bytes]]:
    """What becomes of it."""
    again = request(body, (b"content-type", b"text/plain"), OURS, target=target)
    returns = Returns("drop", SECRETS, Bodies())
    assert returns.may_be(again)
    counts = await returns.open(again)
    types = [value for name, value in again.scope["headers"] if name == b"content-type"]
    return counts, again.counts_as, types


async def test_a_letter_is_opened_where_it_belongs() -> None:
    """By any of the secrets, at its address, in its room."""
    assert (True, Kind.NAVIGATION, [b"x/y"]) == await opened(await sealed())
    assert (True, Kind.NAVIGATION, [b"x/y"]) == await opened(await sealed(SECRETS[1:]))
    assert (False, None, [b"text/plain"]) == await opened(await sealed(), target=b"/pay?x=2")
    assert (False, None, [b"text/plain"]) == await opened(await sealed(room="other"))
    assert (True, None, [b"text/plain"]) == await opened(await sealed(["somebody else's secret"]))


@pytest.mark.parametrize(
    ("fields", "ours"),
    [
        ([OURS], True),
        ([(b"sec-fetch-site", b"same-origin")], True),
        ([(b"sec-fetch-site", b"same-origin"), (b"origin", b"null")], True),
        ([(b"sec-fetch-site", b"same-site"), OURS], False),
        ([(b"sec-fetch-site", b"cross-site"), OURS], False),
        ([(b"origin", b"https://evil.example")], False),
        ([(b"origin", b"null")], False),
        ([], False),
    ],
)
def test_another_sites_page_opens_no_letter(fields: list[tuple[bytes, bytes]], ours: bool) -> None:
    """Also in browsers without Fetch Metadata: it would take away what they say of that site."""
    returns = Returns("drop", SECRETS, Bodies())
    assert ours == returns.may_be(request(b"", (b"content-type", b"text/plain"), *fields))


class Earlier(TimestampSigner):
    """Signs as if it were ``age`` seconds ago."""

    age = 0

    def get_timestamp(self) -> int:
        """The time in seconds."""
        return super().get_timestamp() - self.age


async def test_a_letter_is_opened_for_an_hour() -> None:
    """Later it counts no more."""
    content = (await sealed()).partition(b"=")[2].strip().rsplit(b".", 2)[0]
    signer = Earlier(SECRETS[0], salt="waitroom.return", key_derivation="hmac", digest_method=sha256)
    for age, counts in ((OPEN_SECONDS - 60, True), (OPEN_SECONDS + 60, False)):
        signer.age = age
        assert counts == (await opened(FIELD.encode() + b"=" + signer.sign(content)))[0]
