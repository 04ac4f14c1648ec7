"""The gateway keeps to its own description: schemathesis tries every address, with and without a place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as trying
from schemathesis import Case
from schemathesis.core.result import Ok

from tests.conformance import CHECKS
from tests.contract.harness import APP, PAGE, Gateway, start_gateway
from waitroom.gate.documents import description
from waitroom.gate.openapi import document
from waitroom.gate.openapi.schemas import STATE
from waitroom.gate.own import METHODS
from waitroom.gate.state import State

ENDLESS = "/events$"
ROOMS: dict[str, dict[str, object]] = {
    "api-held": {
        "mode": "pause",
        "hold_status": 202,
        "feedback": {"ask": "csat"},
        "forms": {"paths": ["/api-held/*"]},
    },
    "api-open": {"mode": "auto"},
    "api-rest": {"mode": "pause", "not_yet": "1m", "undo": "1m", "hold_status": 202},
    "api-closed": {"mode": "closed", "hold_status": 429, "cloudflare_json": True},
    "api-guests": {"mode": "auto", "invite_only": True},
    "api-work": {"mode": "queue", "challenge": {"when": "always"}, "hold_status": 200},
    "api-cloudflare": {"mode": "pause", "hold_status": 200, "cloudflare_json": True},
}
TRYING = trying(
    max_examples=9,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)


@pytest.fixture(scope="module")
def running(shop: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with a room of every kind."""
    folder = tmp_path_factory.mktemp("openapi")
    rooms: list[dict[str, object]] = [
        {"name": name, "paths": [f"/{name}/*"], **options} for name, options in ROOMS.items()
    ]
    started = start_gateway(folder, redis_url, shop, rooms, max_requests_per_visitor=0)
    try:
        yield started
        started.stop()
    finally:
        started.kill()


def holder(running: Gateway) -> dict[str, str]:
    """The header of somebody who has a place."""
    answer = httpx.get(f"{running.url}/api-held/x", headers=APP, trust_env=False)
    return {**APP, "waitroom-ticket": answer.headers["waitroom-ticket"]}


def reach(case: Case[Any], seen: list[int]) -> None:
    """Lets most cases name what there is: of others all that is found out is that it is not there. The tokens of the
    case itself are of no use, but those of the visitor are."""
    names = [*ROOMS, *ROOMS, None]
    name = names[len(seen) % len(names)]
    seen.append(1)
    if name is not None and "room" in case.path_parameters:
        case.path_parameters["room"] = name


@pytest.mark.parametrize("who", ["a newcomer", "a browser", "a holder"])
def test_every_address_answers_as_described(who: str, running: Gateway) -> None:
    """Whatever it is sent: no error of the server, and no answer that the document does not have."""
    headers = {"a newcomer": APP, "a browser": PAGE, "a holder": holder(running)}[who]
    schema = schemathesis.openapi.from_url(f"{running.url}/__waitroom/openapi.json").exclude(
        path_regex=ENDLESS
    )
    tried: set[str] = set()
    seen: list[int] = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        tried.add(found.ok().path)

        @given(case=found.ok().as_strategy())
        @TRYING
        def try_it(case: Case[Any]) -> None:
            reach(case, seen)
            if who == "a holder":
                case.headers.pop("Waitroom-Ticket", None)
            case.call_and_validate(headers=headers, checks=CHECKS)

        try_it()
    # schemathesis leaves out where the document itself is
    untried = {"/__waitroom/{room}/events", "/__waitroom/openapi.json"}
    assert set(document()["paths"]) == tried | untried  # type: ignore[call-overload]


def test_the_stream_answers_as_described(running: Gateway) -> None:
    """It is open to who has a place, and nobody else."""
    url = f"{running.url}/__waitroom/api-held/events"
    answers: Mapping[str, Any] = document()["paths"]["/__waitroom/{room}/events"]["get"]["responses"]  # type: ignore[index]
    with httpx.stream("GET", url, headers=holder(running), trust_env=False) as stream:
        assert stream.headers["content-type"].partition(";")[0] in answers[str(stream.status_code)]["content"]
    none = httpx.get(url, headers=APP, trust_env=False)
    assert {"$ref": "#/components/responses/Problem404"} == answers[str(none.status_code)]


@pytest.mark.parametrize("action", METHODS)
def test_what_is_not_described_is_refused(action: str, running: Gateway) -> None:
    """Every address of a room is described with its methods; by any other it is answered 405, and by ``HEAD`` as by
    ``GET``."""
    described = document()["paths"][f"/__waitroom/{{room}}/{action}"]  # type: ignore[index]
    methods = {method.upper() for method in described if method != "parameters"}
    assert set(METHODS[action]) - {"HEAD"} == methods
    url = f"{running.url}/__waitroom/api-held/{action}"
    for method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} - set(METHODS[action]):
        answer = httpx.request(method, url, headers=APP, trust_env=False)
        assert (405, ", ".join(METHODS[action])) == (answer.status_code, answer.headers["allow"])


def test_every_address_of_a_room_is_described() -> None:
    """And no other."""
    found = {path.rpartition("/")[2] for path in document()["paths"] if "{room}" in path}  # type: ignore[attr-defined]
    assert set(METHODS) == found


def test_the_state_is_described_whole() -> None:
    """Its members are those of the code."""
    derived = ("eta_seconds", "eta_range", "message_language", "opens_in")
    assert {name for name in State._fields if name != "eta"} == {
        name for name in STATE if name not in derived
    }


def test_the_page_is_what_the_command_prints(running: Gateway) -> None:
    """docs/openapi.json is up to date: `waitroom openapi > docs/openapi.json` makes it; the gateway serves the same."""
    page = (Path(__file__).parents[2] / "docs" / "openapi.json").read_text()
    assert description() == page
    served = httpx.get(f"{running.url}/__waitroom/openapi.json", trust_env=False)
    assert json.loads(page) == served.json()
    assert "*" == served.headers["access-control-allow-origin"]
