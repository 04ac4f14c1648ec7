"""What those waiting are told, each in their own language: on the page, in the JSON, and in the event stream."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.contract.harness import APP, House, events
from waitroom.messages.telling import tell
from waitroom.settings.messages import MessagesSettings

pytestmark = pytest.mark.anyio

TEXTS = {"text": "Soon <b>it</b> goes on", "language": "en", "translations": {"de": "Gleich geht’s weiter"}}


async def say(house: House, **wanted: object) -> None:
    """Tells those waiting, as the console does."""
    await tell(
        house.store,
        MessagesSettings.model_validate(wanted),
        timezone="UTC",
        now_ms=int(time.time() * 1000),
        who="test",
    )


@pytest.mark.room(mode="pause")
async def test_each_visitor_reads_the_message_in_their_own_language(house: House) -> None:
    """As text, with its language named; the public document has all of them."""
    await say(house, standing=TEXTS)
    german, english = house.visitor(accept_language="de-AT,de;q=0.8"), house.visitor(accept_language="en,de")
    app = house.visitor(APP, accept_language="fr, de;q=0.5")

    async def followed() -> bool:
        return bool((await app.get(house.own("line"))).json()["messages"])

    await house.everywhere(followed)
    in_german, in_english = (await german.get("/")).text, (await english.get("/")).text
    assert '<p id="message-text" dir="auto" lang="de">Gleich geht’s weiter</p>' in in_german
    assert '<p id="message-text" dir="auto" lang="en">Soon &lt;b&gt;it&lt;/b&gt; goes on</p>' in in_english
    problem, status = (await app.get("/")).json(), (await app.get(house.own("status"))).json()
    assert [("Gleich geht’s weiter", "de")] * 2 == [
        (told["message"], told["message_language"]) for told in (problem, status)
    ]
    line = (await app.get(house.own("line"))).json()
    assert (TEXTS["text"], {"en": TEXTS["text"], "de": "Gleich geht’s weiter"}) == (
        line["message"],
        line["messages"],
    )


@pytest.mark.room(mode="pause")
async def test_a_message_reaches_each_stream_in_its_language_at_its_time(house: House) -> None:
    """The gateway takes the steps: nobody else is there."""
    visitors = [house.visitor(accept_language=language) for language in ("de", "en")]

    async def hear(visitor_number: int) -> list[str]:
        visitor, told = visitors[visitor_number], [""]
        await visitor.get("/")
        async with asyncio.timeout(20), events(visitor, house.own("events")) as stream:
            async for name, data in stream:
                if name == "status" and data["message"] != told[-1]:
                    told.append(data["message"])
                if len(told) == 3:
                    return told[1:]
        return ["the stream ended"]

    listening = [asyncio.create_task(hear(number)) for number in range(2)]
    await asyncio.sleep(0.3)
    begins = time.strftime("%Y-%m-%d %H:%M:%S+00:00", time.gmtime(time.time() + 1))
    await say(house, scheduled=[{**TEXTS, "begins": begins, "ends": "2s"}])
    assert [["Gleich geht’s weiter", ""], [TEXTS["text"], ""]] == await asyncio.gather(*listening)
