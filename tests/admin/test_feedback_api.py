"""The feedback of a room in the console: the API, its tables, and the page."""

from __future__ import annotations

import csv
import io
import time

import pytest
from redis.asyncio import Redis

from admin.auth.roles import Role
from tests.admin.conftest import Client
from tests.feedback.counts import a_sale, answers
from waitroom.feedback.ledger import Answer
from waitroom.feedback.question import Kind, Where
from waitroom.settings import Settings
from waitroom.settings.feedback import FeedbackSettings

pytestmark = pytest.mark.anyio

PATH = "/api/rooms/drop/feedback"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The same site, which asks shoppers."""
    drop, *others = settings.rooms
    asks = drop.model_copy(update={"feedback": FeedbackSettings(ask="csat")})
    return settings.model_copy(update={"rooms": (asks, *others)})


def over() -> int:
    """The number of the last hour that is over."""
    return int(time.time() // 3600) - 1


async def test_the_report_has_the_curve_and_the_opinion(client: Client, redis: Redis) -> None:
    """For viewers; each share is no more than the one before it, and within its bounds."""
    await a_sale(redis, "drop", over())
    told = (await client(Role.VIEWER).get(PATH, params={"days": 30})).json()
    shares = [point["staying"] for point in told["curve"]]
    assert 1.0 == shares[0]
    assert shares == sorted(shares, reverse=True)
    assert all(point["low"] <= point["staying"] <= point["high"] for point in told["curve"])
    assert ("drop", "csat", 5) == (told["room"], told["kind"], told["least"])
    assert told["opinion"]["answers"] == sum(told["scores"].values()) >= 5
    assert all(each["answers"] >= 5 for each in told["by_wait"])
    assert told["by_wait"][0]["mean"] > told["by_wait"][-1]["mean"]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ("waits", "from_seconds,to_seconds,stood_seconds,left,silent,entered,staying,low,high"),
        ("opinions", "from_seconds,to_seconds,answers,mean,score"),
        (
            "periods",
            "begin,end,stood_seconds,left,silent,entered,opinion.answers,opinion.mean,opinion.score",
        ),
    ],
)
async def test_each_table_is_taken_away_as_csv(client: Client, redis: Redis, rows: str, columns: str) -> None:
    """With a column for each figure."""
    await a_sale(redis, "drop", over())
    answer = await client(Role.VIEWER).get(PATH, params={"format": "csv", "rows": rows})
    assert f'filename="drop-feedback-{rows}.csv"' in answer.headers["content-disposition"]
    table = list(csv.reader(io.StringIO(answer.text)))
    assert columns.split(",") == table[0]
    assert len(table) > 2


async def test_one_answer_is_nobody_s_to_read(client: Client, redis: Redis) -> None:
    """Not by the API, not in a table, not on the page."""
    given = Answer(Kind.CSAT, Where.LEFT, 4, 1)
    await answers(redis, "drop", over(), *[given] * 4)
    viewer = client(Role.VIEWER)
    told = (await viewer.get(PATH)).json()
    assert (None, {}, {}, []) == (told["opinion"], told["scores"], told["by_where"], told["by_wait"])
    assert [None] == [each["opinion"] for each in told["periods"]]
    page = await viewer.get("/rooms/drop/feedback")
    assert "at least 5 answers are needed" in page.text


@pytest.mark.parametrize("query", ["days=0", "days=366", "days=x", "rows=people", "format=xml"])
async def test_what_there_is_not_is_refused(client: Client, query: str) -> None:
    """With what there is."""
    assert 422 == (await client(Role.VIEWER).get(f"{PATH}?{query}")).status_code


async def test_the_page_says_when_there_is_nothing(client: Client, redis: Redis) -> None:
    """And whatever stands in its address it has a span to show."""
    viewer = client(Role.VIEWER)
    assert 200 == (await viewer.get("/rooms/drop/feedback?days=99999")).status_code
    assert "Nobody has waited" in (await viewer.get("/rooms/drop/feedback")).text
    assert 404 == (await viewer.get("/rooms/nowhere/feedback")).status_code


async def test_the_page_has_each_figure_beside_its_picture(client: Client, redis: Redis) -> None:
    """For those who see no chart, and for those who want the figures."""
    await a_sale(redis, "drop", over())
    page = (await client(Role.VIEWER).get("/rooms/drop/feedback?days=30")).text
    for words in ("Half are gone after", "Still in line after waiting for", "0–1 min", "By the hour"):
        assert words in page
    assert 2 == page.count('role="img"')
    assert "<polyline" in page


async def test_strangers_see_nothing(client: Client) -> None:
    """As with every page."""
    assert 401 == (await client().get(PATH)).status_code
