"""In which language the pages are, and how a visitor chooses another one."""

from __future__ import annotations

import re

import pytest

from tests.contract.harness import APP, House

pytestmark = pytest.mark.anyio


def spoken(text: str) -> str:
    """The language that a page says it is in."""
    found = re.search(r'<html lang="([^"]+)" dir="(?:ltr|rtl)">', text)
    assert found is not None
    return found[1]


@pytest.mark.room(mode="pause")
async def test_a_page_is_in_the_language_that_its_reader_asks_for(house: House) -> None:
    """It says so in HTML and HTTP, and caches are told what it depends on."""
    for asked, language in {
        "lv-LV,lv;q=0.9,en;q=0.8": "lv",
        "xx, ar-EG;q=0.5": "ar-EG",
        "zh-TW": "zh-Hant",
        "tlh": "en",
    }.items():
        page = await house.visitor(accept_language=asked).get("/")
        assert (language, language) == (spoken(page.text), page.headers["content-language"])
        assert "Accept-Language" in page.headers["vary"]


@pytest.mark.room(mode="pause")
async def test_a_chosen_language_stays_with_the_ticket(house: House) -> None:
    """Through reloads, the language page and leaving; the place stays the same, and no cookie is added."""
    visitor = house.visitor(accept_language="de")
    first = await visitor.get("/shoes?size=42")
    cookies = sorted(visitor.cookies)
    listed = await visitor.get(house.own("language") + "?to=/shoes%3Fsize%3D42")
    assert (200, "de") == (listed.status_code, spoken(listed.text))
    assert listed.text.index('value="de"') < listed.text.index('value="ar"')
    answer = await visitor.post(
        house.own("language"), data={"language": "lv", "to": "/shoes?size=42"}, follow_redirects=False
    )
    assert (303, "/shoes?size=42") == (answer.status_code, answer.headers["location"])
    for _ in range(2):
        page = await visitor.get("/shoes?size=42")
        assert "lv" == spoken(page.text)
        assert first.headers["waitroom-position"] == page.headers["waitroom-position"]
    assert cookies == sorted(visitor.cookies)
    status = (await visitor.get(house.own("status"), headers={"accept": "application/json"})).json()
    assert "waiting" == status["state"]
    left = await visitor.post(house.own("leave"), data={"target": "/"})
    assert "lv" == spoken(left.text)
    assert "lv" == spoken((await visitor.get("/")).text)


@pytest.mark.room(mode="closed")
async def test_a_visitor_without_a_ticket_can_choose(house: House) -> None:
    """And choose what the browser asks for again."""
    visitor = house.visitor(accept_language="de")
    await visitor.post(house.own("language"), data={"language": "ur", "to": "/"})
    page = await visitor.get("/")
    assert ("ur", True) == (spoken(page.text), 'dir="rtl"' in page.text)
    for not_offered in ("", "tlh", "<script>"):
        await visitor.post(house.own("language"), data={"language": not_offered, "to": "/"})
        assert "de" == spoken((await visitor.get("/")).text)


@pytest.mark.room(mode="pause")
async def test_a_choice_makes_no_new_place(house: House) -> None:
    """Where the place has gone to another device, the page goes on saying so, in the language chosen."""
    first, second = house.visitor(), house.visitor()
    await first.get("/")
    offered = await first.post(house.own("offer"), headers={**APP, "sec-fetch-mode": "cors"})
    await second.post(house.own("move"), data={"code": offered.json()["code"], "to": "/"})

    async def is_known() -> bool:
        return 'data-state="moved"' in (await first.get("/")).text

    await house.everywhere(is_known)
    for _ in range(2):
        assert await is_known()
        await first.post(house.own("language"), data={"language": "lv", "to": "/"})
    assert "lv" == spoken((await first.get("/")).text)


@pytest.mark.room(mode="pause")
async def test_another_site_chooses_nothing(house: House) -> None:
    """Its form comes without the ticket, which would be lost."""
    visitor = house.visitor()
    await visitor.get("/")
    answer = await visitor.post(
        house.own("language"), data={"language": "lv"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert (403, False) == (answer.status_code, "set-cookie" in answer.headers)


@pytest.mark.room(mode="pause")
async def test_the_choice_leads_to_no_other_site(house: House) -> None:
    """Wherever a link to the page says that it came from."""
    visitor = house.visitor()
    answer = await visitor.post(
        house.own("language"), data={"language": "lv", "to": "//evil.example/"}, follow_redirects=False
    )
    assert "/evil.example/" == answer.headers["location"]


async def test_a_refused_code_is_explained_in_the_language_of_an_app(house: House) -> None:
    """What a person is to read is in theirs, in JSON too; the machine's word stays."""
    app = house.visitor(APP, accept_language="tr")
    answer = await app.post(house.own("code"), data={"code": "K7QF-2MX9"})
    told = answer.json()
    assert (422, "unknown-code") == (answer.status_code, told["reason"])
    assert "Böyle bir kod yok. Lütfen kontrol edin." == told["detail"]
