"""The API keeps to its own document: schemathesis tries every route, with each role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as trying
from redis import Redis as BlockingRedis
from schemathesis import Case
from schemathesis.core.result import Ok

from admin.auth.roles import Role
from tests.admin.conftest import CONFIG, SECRET, Served, serving
from tests.conformance import CHECKS
from waitroom.settings import load

ENDLESS = "/stream$"
TRYING = trying(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, scratch_url: str) -> Iterator[Served]:
    """One console for all."""
    folder = tmp_path_factory.mktemp("openapi")
    with BlockingRedis.from_url(scratch_url) as redis:
        redis.flushall()
    config = folder / "waitroom.toml"
    text = CONFIG.format(secret=SECRET, redis_url=scratch_url, data_dir=folder / "data")
    config.write_text(text + "\n[approval]\nreset = true\nrate_above = 200\n")
    with serving(load(config, environ={})) as served:
        yield served


def reach(case: Case[Any], approval: str) -> None:
    """Lets two of three cases name what there is: of others all that is found out is that it is not there."""
    for name, there in (("room", "drop"), ("approval", approval)):
        if len(case.path_parameters.get(name, "")) % 3:
            case.path_parameters[name] = there
    if case.method == "PATCH" and len(str(case.body)) % 3:
        case.headers["If-Match"] = "*"


@pytest.mark.parametrize("role", [None, *Role])
def test_every_route_answers_as_documented(role: Role | None, running: Served) -> None:
    """Whatever it is sent: no error of the server, and no answer that the document does not have."""
    headers = running.headers(role) if role else {}
    asker = running.headers(Role.OPERATOR, made_by="ada") | {"if-match": "*"}
    url = f"{running.url}/api/rooms/drop"
    httpx.patch(url, json={"rate": 100, "mode": "auto"}, headers=asker)
    asked = httpx.patch(url, json={"rate": 900}, headers=asker)
    approval = asked.headers["location"].rpartition("/")[2]
    schema = schemathesis.openapi.from_url(f"{running.url}/api/openapi.json").exclude(path_regex=ENDLESS)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)

        @given(case=found.ok().as_strategy())
        @TRYING
        def try_it(case: Case[Any]) -> None:
            reach(case, approval)
            case.call_and_validate(headers=headers, checks=CHECKS)

        try_it()
