"""A gateway with a room in each condition before the demo shop, and what redbot says of both."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator, Mapping

import httpx
import pytest

from tests.contract.conftest import shop as shop
from tests.contract.harness import APP, PAGE, Gateway, start_gateway
from tests.needs import missing
from tests.redbot.asking import PYTHON, Ask, Opinion, opinions

ROOMS: list[dict[str, object]] = [
    {"name": "open", "paths": ["/lab/*", "/open/*"], "rate": 600_000},
    {"name": "held", "paths": ["/held/*"], "mode": "pause"},
    {"name": "called", "paths": ["/called/*"], "mode": "queue", "rate": 600_000, "keep": "1m"},
    {"name": "closed", "paths": ["/closed/*"], "mode": "closed"},
]
FOREIGN_FORM = {**PAGE, "sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded"}
"""What a browser sends with a form of another site's page."""


@pytest.fixture(scope="session")
def redbot() -> None:
    """redbot is here."""
    if PYTHON is None:
        missing("REDBOT_PYTHON does not name the Python of an environment that has redbot")


@pytest.fixture(scope="session")
def gateway(redis_url: str, shop: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway before the shop. What is of no room goes straight to it."""
    folder = tmp_path_factory.mktemp("gateway")
    started = start_gateway(folder, redis_url, shop, ROOMS, max_body_bytes="1KiB")
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture(scope="session")
def gateway_before_nothing(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose shop is away."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{probe.getsockname()[1]}"
    started = start_gateway(tmp_path_factory.mktemp("nothing"), redis_url, origin, [{"name": "lonely"}])
    try:
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture(scope="session")
def found(
    redbot: None, gateway: Gateway, gateway_before_nothing: Gateway, shop: str
) -> Mapping[str, Opinion]:
    """What redbot says of everything that the gateway says by itself, and of the shop directly and through it."""
    asks = {name: Ask(gateway.url + path, headers=APP) for name, path in _PLAIN.items()}
    asks |= {f"{name} as a page": Ask(gateway.url + path, headers=PAGE) for name, path in _PAGES.items()}
    asks |= _with_tickets(gateway.url)
    asks |= _refused(gateway.url)
    away = gateway_before_nothing.url
    asks |= {
        "shop away": Ask(away + "/x", headers=APP),
        "shop away as a page": Ask(away + "/x", headers=PAGE),
    }
    page = httpx.get(gateway.url + "/held/x", headers=PAGE, trust_env=False).text
    for path in set(re.findall(r'"(/__waitroom/static/[^"]+)"', page)):
        asks[f"static {path.rpartition('.')[2]}"] = Ask(gateway.url + path)
    asks |= _shops("shop", shop) | _shops("through", gateway.url)
    return opinions(asks)


_PLAIN = {
    "held": "/held/x",
    "closed": "/closed/x",
    "line": "/__waitroom/held/line",
    "no ticket": "/__waitroom/held/status",
    "live": "/__waitroom/health/live",
    "ready": "/__waitroom/health/ready",
    "no such address": "/__waitroom/nowhere",
    "no such file": "/__waitroom/static/x.js",
    "wrong method": "/__waitroom/held/leave",
    "ambiguous path": "/lab/..%252fheld/x",
    "path with NUL": "/held/%00",
    "target too long": "/" + "x" * 9000,
}
_PAGES = {"held": "/held/x", "closed": "/closed/x"}


def _shops(name: str, url: str) -> dict[str, Ask]:
    asks = {path: Ask(url + path, headers=PAGE) for path in ("/", "/nothing", "/lab/echo", "/api/products")}
    asks["HEAD"] = Ask(url + "/", "HEAD", PAGE)
    return {f"{name} {path}": ask for path, ask in asks.items()}


def _refused(url: str) -> dict[str, Ask]:
    return {
        "crossing form": Ask(url + "/held/x", "POST", FOREIGN_FORM, "x=1"),
        "picture": Ask(url + "/held/x.png", headers={"sec-fetch-dest": "image", "sec-fetch-mode": "no-cors"}),
        "leaving from elsewhere": Ask(url + "/__waitroom/held/leave", "POST", FOREIGN_FORM, "x=1"),
        "body too long": Ask(url + "/elsewhere", "POST", APP, "x" * 2000),
        "field too long": Ask(url + "/elsewhere", headers={"x-long": "x" * 9000}),
        "expectation": Ask(url + "/elsewhere", headers={"expect": "the-unexpected"}),
    }


def _with_tickets(url: str) -> dict[str, Ask]:
    """The addresses at which a ticket is shown. That of the called is called, so that its stream ends."""
    tickets = {}
    for room in ("held", "called"):
        answer = httpx.get(f"{url}/{room}/x", headers=APP, trust_env=False)
        tickets[room] = {**APP, "waitroom-ticket": answer.headers["waitroom-ticket"]}
    _until_called(f"{url}/__waitroom/called/status", tickets["called"])
    return {
        "status": Ask(url + "/__waitroom/held/status", headers=tickets["held"]),
        "events": Ask(url + "/__waitroom/called/events", headers=tickets["called"]),
        "left": Ask(url + "/__waitroom/held/leave", "POST", APP),
        "left as a page": Ask(url + "/__waitroom/held/leave", "POST", PAGE),
    }


def _until_called(address: str, headers: Mapping[str, str]) -> None:
    deadline = time.monotonic() + 10
    while httpx.get(address, headers=headers, trust_env=False).json()["state"] != "called":
        assert time.monotonic() < deadline
        time.sleep(0.05)
