"""One question about the wait: asked of those who waited, answered once, and counted with nobody's name on it."""

from __future__ import annotations

import html
import re
import time

import httpx
import pytest
from redis.asyncio import Redis

from tests.contract.harness import APP, PAGE, House, entered
from waitroom.feedback.ledger import Answer, FeedbackLedger
from waitroom.feedback.question import Kind, Where

pytestmark = pytest.mark.anyio

ASKS = {"feedback": {"ask": "csat"}}


async def counted(house: House, redis: Redis) -> dict[Answer, int]:
    """All answers of a room."""
    now = int(time.time() // 3600)
    hours = await FeedbackLedger(redis, house.name, 86_400).hours(now - 1, now)
    return {answer: count for hour in hours for answer, count in hour.answers.items()}


def question_of(page: httpx.Response) -> str:
    """What a page carries that asks."""
    (found,) = re.findall(r'name="q" value="([^"]+)"', page.text)
    return html.unescape(found)


async def left(house: House, client: httpx.AsyncClient) -> httpx.Response:
    """The answer to somebody who joined and gave the place up."""
    await client.get("/lab/echo")
    return await client.post(house.own("leave"), data={"target": "/lab/echo"})


@pytest.mark.room(mode="pause", **ASKS)
async def test_who_leaves_answers_with_one_tap(house: House, redis: Redis) -> None:
    """The page has five buttons and needs no script; the answer is thanked for, and counts once."""
    visitor = house.visitor(PAGE)
    page = await left(house, visitor)
    assert ["1", "2", "3", "4", "5"] == re.findall(r'name="score" value="(\d+)"', page.text)
    form = {"q": question_of(page), "score": "2", "to": "/lab/echo"}
    thanks = await visitor.post(house.own("feedback"), data=form)
    assert (200, True) == (thanks.status_code, "Thank you" in thanks.text)
    again = await visitor.post(house.own("feedback"), data={**form, "score": "5"})
    assert "answered already" in again.text
    assert {Answer(Kind.CSAT, Where.LEFT, 0, 2): 1} == await counted(house, redis)


@pytest.mark.room(rate=60, burst="1s", mode="queue", **ASKS)
async def test_who_waited_and_was_let_in_is_asked_at_an_address(house: House, redis: Redis) -> None:
    """By the pass that they hold, and by nothing else; on a page and by JSON."""
    await entered(house.visitor(PAGE))
    visitor = house.visitor(PAGE)
    await entered(visitor)
    page = await visitor.get(house.own("feedback"), params={"to": "/lab/echo"})
    assert (200, 5) == (page.status_code, page.text.count('name="score"'))
    app = house.visitor(APP, cookie=_jar(visitor))
    told = (await app.get(house.own("feedback"))).json()
    assert (house.name, "csat", [1, 5], "ask") == tuple(
        told[name] for name in ("room", "kind", "scores", "state")
    )
    assert ("How was the wait?", "en", "ltr") == (told["words"]["question"], told["lang"], told["dir"])
    answered = await app.post(house.own("feedback"), data={"score": "4"})
    assert "thanks" == answered.json()["state"]
    assert "already" == (await app.get(house.own("feedback"))).json()["state"]
    assert {Answer(Kind.CSAT, Where.INSIDE, 0, 4): 1} == await counted(house, redis)


@pytest.mark.room(rate=60, burst="1s", mode="queue", **ASKS)
async def test_a_visit_that_is_over_can_still_be_asked_about(house: House) -> None:
    """The shop ends the visit with the order; its thank-you page may ask all the same."""
    visitor = house.visitor(PAGE)
    await entered(house.visitor(PAGE))
    await entered(visitor)
    await visitor.get("/lab/set-headers?waitroom-command=done")
    assert house.cookie(visitor, "pass") is None
    page = await visitor.get(house.own("feedback"))
    assert 5 == page.text.count('name="score"')


def _jar(client: httpx.AsyncClient) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)


@pytest.mark.room(rate=100_000, burst="10s", **ASKS)
async def test_who_met_an_open_door_is_asked_nothing(house: House) -> None:
    """There was no wait: their answers would drown those of the others."""
    visitor = house.visitor(PAGE)
    assert 200 == (await visitor.get("/lab/echo")).status_code
    page = await visitor.get(house.own("feedback"))
    assert (404, 0) == (page.status_code, page.text.count('name="score"'))
    app = house.visitor(APP, cookie=_jar(visitor))
    refused = await app.post(house.own("feedback"), data={"score": "5"})
    assert "urn:waitroom:no-question" == refused.json()["type"]


@pytest.mark.room(mode="pause", **ASKS)
async def test_nothing_counts_that_nobody_was_asked(house: House, redis: Redis) -> None:
    """No score but those offered, no question but a signed one, no page of another site."""
    app = house.visitor(APP)
    question = (await left(house, app)).json()["question"]
    own = house.own("feedback")
    for score in ("0", "6", "05", " 5", "٣", "", "5.0"):
        assert 422 == (await app.post(own, data={"q": question, "score": score})).status_code
    forged = question.replace(":general:", ":members:", 1) + "x"
    for other in (forged, question[:-1], "x", "a.b", app.cookies.get("nothing") or "", question * 5):
        assert 404 == (await app.post(own, data={"q": other, "score": "5"})).status_code
    headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert 403 == (await app.post(own, data={"q": question, "score": "5"}, headers=headers)).status_code
    assert {} == await counted(house, redis)
    assert 200 == (await app.post(own, data={"q": question, "score": "5"})).status_code


@pytest.mark.room(mode="pause", **ASKS)
async def test_a_ticket_is_no_question(house: House, redis: Redis) -> None:
    """Who still waits has not been asked yet."""
    app = house.visitor(APP)
    ticket = (await app.get("/lab/echo")).headers["waitroom-ticket"]
    for given in ({"q": ticket}, {}):
        answer = await app.post(house.own("feedback"), data={"score": "5", **given})
        assert 404 == answer.status_code
    assert {} == await counted(house, redis)


@pytest.mark.room(mode="pause", feedback={"ask": "nps", "where": ["left"]})
async def test_the_other_question_has_eleven_answers(house: House, redis: Redis) -> None:
    """From 0 to 10, and only where it is asked."""
    visitor = house.visitor(PAGE)
    page = await left(house, visitor)
    assert [str(score) for score in range(11)] == re.findall(r'name="score" value="(\d+)"', page.text)
    await visitor.post(house.own("feedback"), data={"q": question_of(page), "score": "10"})
    assert {Answer(Kind.NPS, Where.LEFT, 0, 10): 1} == await counted(house, redis)


@pytest.mark.room(mode="pause")
async def test_nobody_is_asked_unless_that_is_set(house: House) -> None:
    """No question on the page, no address, and nothing in the pass."""
    visitor = house.visitor(PAGE)
    page = await left(house, visitor)
    assert "score" not in page.text
    assert "feedback" not in page.text
    assert 404 == (await visitor.get(house.own("feedback"))).status_code


@pytest.mark.room(mode="pause", **ASKS)
async def test_the_page_that_asks_is_no_way_to_another_site(house: House) -> None:
    """Where one goes on to is escaped, and on this site."""
    page = await house.visitor(PAGE).get(
        house.own("feedback"), params={"to": '//evil.example/"><script>', "q": "x"}
    )
    assert "<script>" not in page.text
    assert 'href="/evil.example' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
