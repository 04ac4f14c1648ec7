"""Into a lane by a link, a claim or a code: by HTTP, as visitors, mail scanners and apps come."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import jwt
import pytest
from redis.asyncio import Redis

from tests.contract.harness import APP, PAGE, House, entered, reached, session_of
from waitroom.invitations.ledger import TRIES, Batch, Kept, Ledger
from waitroom.shaping.codes import CodeDigests, new_code, typed
from waitroom.shaping.invitation import Invitation, Seal
from waitroom.shaping.members import Members

pytestmark = pytest.mark.anyio

SECRET = "a secret for tests only"
SHOP_SECRET = "what the shop and the gateway alone know"
LANES: dict[str, object] = {"lanes": {"members": {"weight": 3}}}
CLAIMS: dict[str, object] = {**LANES, "claims": {"secret": SHOP_SECRET}}
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


def invitation(house: House, *, member: str = "anna", uses: int = 1, serial: int = 1) -> Invitation:
    """An invitation of the room that counts for an hour."""
    holder = Members(house.name, [SECRET]).holder(member) if member else ""
    return Invitation(house.name, "members", f"abcdefgh-{serial}", holder, uses, 0, int(time.time()) + 3600)


def link(house: House, invited: Invitation, to: str = "/lab/echo?size=42") -> str:
    """Its link."""
    return f"{house.own('enter')}?i={Seal([SECRET]).sign(invited)}&to={quote(to, safe='')}"


async def press(visitor: httpx.AsyncClient, house: House, address: str) -> httpx.Response:
    """Presses the button of an invitation's page."""
    fields = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return await visitor.post(house.own("enter"), data=fields, headers=FORM)


async def place(visitor: httpx.AsyncClient) -> tuple[str, int]:
    """Lane and number of whoever asks for a page of the shop."""
    script = {**APP, "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
    answer = await visitor.get("/lab/echo", headers=script)
    assert 503 == answer.status_code, answer.text
    state = answer.json()
    return state["lane"], state["number"]


def claim(house: House, *, key: str = SHOP_SECRET, **changes: object) -> str:
    """What the shop signs about a member."""
    said = {"aud": house.name, "sub": "anna", "lane": "members", "exp": time.time() + 60, **changes}
    return jwt.encode({name: value for name, value in said.items() if value is not None}, key, "HS256")


async def keep_code(house: House, *, uses: int = 1, ends: float = 3600, lane: str = "members") -> str:
    """A code that is kept as ``waitroom invite mint --codes`` does."""
    redis = Redis.from_url(house.gateway.redis_url)
    ledger, code, now = Ledger(redis, house.name, [SECRET]), new_code(), time.time()
    batch = Batch("codecode", lane, uses, 0, int(now + ends))
    digest = CodeDigests(house.name, [SECRET]).newest(typed(code))
    await ledger.keep(batch, [Kept(digest, 1, "")])
    await ledger.publish(batch, now)
    await redis.aclose()
    return code


@pytest.mark.room(mode="pause", **LANES)
async def test_a_link_leads_into_the_lane_and_its_address_is_clean(house: House) -> None:
    """By one press of a button: the token goes into a cookie, and the shop never hears of it."""
    visitor = house.visitor()
    address = link(house, invitation(house))
    page = await visitor.get(address)
    assert (200, "no-store, private, no-transform") == (page.status_code, page.headers["cache-control"])
    assert "You’re invited" in page.text
    answer = await press(visitor, house, address)
    assert (303, "/lab/echo?size=42") == (answer.status_code, answer.headers["location"])
    # the address of the link must not be told to the shop as where the visitor came from
    assert {"strict-origin"} == {answer.headers["referrer-policy"], page.headers["referrer-policy"]}
    assert ("members", 1) == await place(visitor)
    await house.configure(mode="queue")
    arrived = await entered(visitor)
    assert "invitation" not in str(reached(arrived).get("cookie", ""))
    assert ":members:" in session_of(arrived)


@pytest.mark.room(mode="auto", **LANES)
async def test_who_only_looks_at_a_link_uses_nothing(house: House) -> None:
    """A mail scanner follows the link, and goes on to the shop with its cookies, in a room where nobody waits."""
    address = link(house, invitation(house))
    for kind in (PAGE, APP, {**PAGE, "sec-purpose": "prefetch"}):
        scanner = house.visitor(kind)
        await scanner.get(address)
        await scanner.head(address)
        await scanner.get("/lab/echo")
    visitor = house.visitor()
    await press(visitor, house, address)
    assert ":members:1" in session_of(await visitor.get("/lab/echo"))


@pytest.mark.room(mode="pause", **LANES)
async def test_one_member_holds_one_place(house: House) -> None:
    """In eight browsers at the same moment, over both workers, by two invitations: one number, and one visit."""
    browsers = [house.visitor() for _ in range(8)]
    for index, browser in enumerate(browsers):
        await press(browser, house, link(house, invitation(house, serial=index % 2 + 1)))
    places = await asyncio.gather(*map(place, browsers))
    assert {("members", 1)} == set(places)
    await house.configure(mode="queue")
    visits = [session_of(await entered(browser)) for browser in browsers]
    assert 1 == len(set(visits))
    assert 1 == (await house.store.advance()).admitted


@pytest.mark.room(mode="pause", **LANES)
async def test_an_invitation_for_any_number_of_visits_needs_no_button(house: House) -> None:
    """Nothing of it can be used up, so the link leads on at once."""
    visitor = house.visitor()
    answer = await visitor.get(link(house, invitation(house, uses=0)))
    assert (303, "/lab/echo?size=42") == (answer.status_code, answer.headers["location"])
    assert ("members", 1) == await place(visitor)


@pytest.mark.room(mode="pause", **LANES)
async def test_a_link_for_several_gives_so_many_places(house: House) -> None:
    """One a browser, however often each opens it; the next is told that it has been used, and can go on without."""
    shared = invitation(house, member="", uses=2)
    first, second, third = (house.visitor() for _ in range(3))
    for visitor in (first, second, first, third):
        await press(visitor, house, link(house, shared))
    assert [("members", 1), ("members", 2)] == [await place(first), await place(second)]
    refused = await third.get("/lab/echo")
    assert (403, True) == (refused.status_code, "It has been used already." in refused.text)
    assert ("general", 1) == await place(third)


@pytest.mark.room(mode="pause", **LANES)
async def test_what_does_not_count_is_refused_with_the_reason(house: House) -> None:
    """And nothing is given for it: no cookie, no place."""
    good, now = invitation(house), int(time.time())
    token = Seal([SECRET]).sign(good)
    wrong = {
        "cut": [token[:-50].replace(".", ""), ""],
        "forged": [token[:-4] + "AAAA", Seal(["another secret, of another shop"]).sign(good)],
        "expired": [Seal([SECRET]).sign(replace(good, ends=now - 1))],
        "not-yet": [Seal([SECRET]).sign(replace(good, begins=now + 60))],
        "other-room": [Seal([SECRET]).sign(replace(good, room="other"))],
        "unknown-lane": [Seal([SECRET]).sign(replace(good, lane="vip"))],
    }
    for reason, tokens in wrong.items():
        for text in tokens:
            visitor = house.visitor(APP)
            answer = await visitor.get(f"{house.own('enter')}?i={text}")
            assert (403, "urn:waitroom:invitation-refused", reason) == (
                answer.status_code, answer.json()["type"], answer.json()["reason"],
            )  # fmt: skip
            page = await house.visitor().get(f"{house.own('enter')}?i={text}")
            assert (403, True) == (page.status_code, "This invitation can’t be used" in page.text)
            assert "set-cookie" not in page.headers
            held = await house.visitor(APP, waitroom_invitation=text or "x").get("/lab/echo")
            assert "general" == held.json()["lane"]


@pytest.mark.room(mode="pause", **LANES)
async def test_a_ticket_never_serves_as_an_invitation(house: House) -> None:
    """Nor an invitation as a ticket or a pass: each kind has a salt of its own."""
    ticket = (await house.visitor(APP).get("/")).headers["waitroom-ticket"]
    answer = await house.visitor(APP).get(f"{house.own('enter')}?i={ticket}")
    assert "forged" == answer.json()["reason"]
    token = Seal([SECRET]).sign(invitation(house))
    held = await house.visitor(APP, waitroom_ticket=token, waitroom_pass=token).get("/")
    assert ("general", 2) == (held.json()["lane"], held.json()["number"])


@pytest.mark.room(mode="pause", **LANES)
async def test_a_revoked_invitation_gives_no_place(house: House) -> None:
    """At once, in every worker; the place that it gave before is kept."""
    early, late = house.visitor(), house.visitor()
    for visitor in (early, late):
        await press(visitor, house, link(house, invitation(house)))
    assert ("members", 1) == await place(early)
    redis = Redis.from_url(house.gateway.redis_url)
    await Ledger(redis, house.name, [SECRET]).revoke(["abcdefgh"], time.time())
    await redis.aclose()
    refused = await late.get("/lab/echo")
    assert (403, True) == (refused.status_code, "The shop has withdrawn it." in refused.text)
    again = await late.get(link(house, invitation(house)))
    assert (403, True) == (again.status_code, "The shop has withdrawn it." in again.text)
    assert ("members", 1) == await place(early)


@pytest.mark.room(mode="pause", **LANES)
async def test_who_waits_in_general_moves_over(house: House) -> None:
    """The general place is given up for the one in the lane."""
    for _ in range(3):
        await house.visitor().get("/")
    visitor = house.visitor()
    assert ("general", 4) == await place(visitor)
    await press(visitor, house, link(house, invitation(house)))
    assert ("members", 1) == await place(visitor)
    assert ("members", 1) == await place(visitor)
    assert 4 == (await house.store.advance()).issued
    assert 0 == (await house.store.view(0)).used[0] & 0b1110_0000
    assert (await house.store.view(0)).used[0] & 0b0000_1000


@pytest.mark.room(mode="pause", presence="60s", lanes={"members": {"weight": 0.01}}, general_share=0.9)
async def test_a_nearer_place_in_general_is_kept(house: House) -> None:
    """Moving to the end of a lane must never cost anybody time."""
    visitor = house.visitor()
    assert ("general", 1) == await place(visitor)
    for index in range(30):
        token = Seal([SECRET]).sign(invitation(house, member=f"m{index}", uses=0))
        assert ("members", index + 1) == await place(house.visitor(APP, waitroom_invitation=token))
    onlooker = house.visitor(APP)

    async def seen() -> bool:
        line = (await onlooker.get(house.own("line"))).json()
        return bool(30 == line["lanes"]["members"]["waiting"])

    await house.everywhere(seen)
    await press(visitor, house, link(house, invitation(house, member="me", uses=0)))
    assert ("general", 1) == await place(visitor)


@pytest.mark.room(mode="pause", invite_only=True, **LANES)
async def test_a_room_by_invitation_only_says_so(house: House) -> None:
    """To people with a form for a code, to programs as a problem; nobody gets a ticket, and parts of pages nothing."""
    page = await house.visitor().get("/lab/echo")
    assert (403, "no-store, private, no-transform") == (page.status_code, page.headers["cache-control"])
    assert "By invitation only" in page.text
    assert f'action="{house.own("code")}"' in page.text
    answer = await house.visitor(APP).get("/lab/echo")
    assert (403, "urn:waitroom:invitation-required") == (answer.status_code, answer.json()["type"])
    picture = await house.visitor({"sec-fetch-dest": "image", "accept": "image/*"}).get("/lab/echo")
    assert 503 == picture.status_code
    assert {False} == {any("ticket" in name for name in got.headers) for got in (page, answer, picture)}
    assert {False} == {"set-cookie" in got.headers for got in (page, answer, picture)}
    assert 0 == (await house.store.advance()).issued


@pytest.mark.room(invite_only=True, **LANES)
async def test_an_idle_room_by_invitation_only_lets_in_who_is_invited(house: House) -> None:
    """Nobody else, though nobody waits; with the mode pass, everyone."""
    assert 403 == (await house.visitor().get("/lab/echo")).status_code
    invited = house.visitor()
    await press(invited, house, link(house, invitation(house)))
    assert 200 == (await invited.get("/lab/echo")).status_code
    await house.configure(mode="pass")
    assert 200 == (await house.visitor().get("/lab/echo")).status_code


@pytest.mark.room(mode="pause", **LANES)
async def test_a_code_is_typed_as_people_type(house: House) -> None:
    """In small letters, with spaces for hyphens, O for 0 and l for 1: then it is an invitation."""
    code = await keep_code(house)
    visitor = house.visitor()
    form = await visitor.get(f"{house.own('code')}?to=/drop/shoes")
    assert (200, True, True) == (form.status_code, "Have a code?" in form.text, "/drop/shoes" in form.text)
    sloppy = f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
    answer = await visitor.post(house.own("code"), data={"code": sloppy, "to": "/drop/shoes"}, headers=FORM)
    assert (303, "/drop/shoes") == (answer.status_code, answer.headers["location"])
    assert ("members", 1) == await place(visitor)
    # single use: the same place for whoever types it
    other = house.visitor()
    await other.post(house.own("code"), data={"code": code}, headers=FORM)
    assert ("members", 1) == await place(other)


@pytest.mark.room(mode="pause", **LANES)
async def test_a_wrong_code_says_what_is_wrong(house: House) -> None:
    """A slip is told from a code that does not exist or has ended; what was typed stays in the form, escaped."""
    code = await keep_code(house, ends=-60)
    slip = "z" + code[1:] if code[0] != "Z" else "y" + code[1:]
    unknown = new_code()
    expected = {slip: (422, "mistyped"), unknown: (422, "unknown-code"), code: (403, "expired")}
    for text, (status, reason) in expected.items():
        answer = await house.visitor(APP).post(house.own("code"), data={"code": text})
        assert (status, "urn:waitroom:code-refused", reason) == (
            answer.status_code, answer.json()["type"], answer.json()["reason"],
        )  # fmt: skip
    page = await house.visitor().post(house.own("code"), data={"code": '"><b>'}, headers=FORM)
    assert (422, True, False) == (page.status_code, 'aria-invalid="true"' in page.text, "<b>" in page.text)


@pytest.mark.room(mode="pause", **LANES)
async def test_guessing_is_throttled_for_an_address(house: House) -> None:
    """In all workers together; a right code then has to wait as well, and slips never count."""
    code = await keep_code(house)
    guesser = house.visitor(APP)
    slip = "z" + code[1:] if code[0] != "Z" else "y" + code[1:]
    for _ in range(TRIES + 5):
        assert 422 == (await guesser.post(house.own("code"), data={"code": slip})).status_code
    for _ in range(TRIES):
        assert 422 == (await guesser.post(house.own("code"), data={"code": new_code()})).status_code
    answer = await guesser.post(house.own("code"), data={"code": code})
    assert (429, "60") == (answer.status_code, answer.headers["retry-after"])
    elsewhere = house.visitor(APP, local_address="127.0.0.2", x_forwarded_for="192.0.2.7")
    assert 200 == (await elsewhere.post(house.own("code"), data={"code": code})).status_code


@pytest.mark.room(mode="pause", **LANES)
async def test_an_app_keeps_the_invitation_itself(house: House) -> None:
    """It gets it in a header, and sends it in the same one, as it does with its ticket."""
    app = house.visitor(APP)
    invited = invitation(house)
    seen = await app.get(link(house, invited))
    assert {"lane": "members", "room": house.name} == seen.json()
    taken = await app.post(house.own("enter"), data={"i": Seal([SECRET]).sign(invited)})
    token = taken.headers["waitroom-invitation"]
    bare = house.visitor(APP, waitroom_invitation=token)
    assert ("members", 1) == await place(bare)


@pytest.mark.room(mode="pause", **LANES)
async def test_a_page_of_another_site_uses_nobody_s_invitation(house: House) -> None:
    """Nor does the way back lead to another site."""
    foreign = {**FORM, "sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    fields = {"i": Seal([SECRET]).sign(invitation(house)), "code": "x"}
    for action in ("enter", "code"):
        answer = await house.visitor().post(house.own(action), data=fields, headers=foreign)
        assert (403, "urn:waitroom:cross-site") == (answer.status_code, answer.json()["type"])
    for to in ("//evil.example/", "https://evil.example/", "/\\evil.example", "\t//evil.example"):
        away = await press(house.visitor(), house, link(house, invitation(house), to))
        location = away.headers["location"]
        assert (303, "/") == (away.status_code, location[:1])
        assert location[1:2] not in ("/", "\\")


@pytest.mark.room(mode="pause", **CLAIMS)
async def test_the_shop_says_who_is_a_member(house: House) -> None:
    """In a cookie or a header; the same member has the same place by an invitation."""
    browser = house.visitor()
    browser.cookies.set("waitroom_claim", claim(house))
    assert ("members", 1) == await place(browser)
    assert ("members", 1) == await place(house.visitor(APP, waitroom_claim=claim(house)))
    other = house.visitor()
    await press(other, house, link(house, invitation(house)))
    assert ("members", 1) == await place(other)
    assert ("members", 2) == await place(house.visitor(APP, waitroom_claim=claim(house, sub="ben")))


@pytest.mark.room(mode="pause", **CLAIMS)
async def test_a_claim_that_does_not_count_gives_the_general_lane(house: House) -> None:
    """Forged, over, too early, for another room, incomplete, or signed by nobody."""
    now = time.time()
    unsigned = jwt.encode({"aud": house.name, "sub": "a", "lane": "members", "exp": now + 60}, "", "none")
    wrong = [
        claim(house, key="another secret of at least 32 bytes"),
        claim(house, exp=now - 60),
        claim(house, nbf=now + 60),
        claim(house, aud="other"),
        claim(house, lane="vip"),
        claim(house, lane=None),
        claim(house, sub=None),
        claim(house, exp=None),
        claim(house, sub="x" * 300),
        unsigned,
        "x" * 5000,
    ]
    lanes = [(await place(house.visitor(APP, waitroom_claim=text)))[0] for text in wrong]
    assert ["general"] * len(wrong) == lanes


@pytest.mark.room(mode="pause", **CLAIMS)
async def test_a_claim_can_come_by_a_link(house: House) -> None:
    """Where the shop signs people in on another host: the claim goes into the cookie."""
    visitor = house.visitor()
    answer = await visitor.get(f"{house.own('enter')}?claim={claim(house)}&to=/drop")
    assert (303, "/drop") == (answer.status_code, answer.headers["location"])
    assert ("members", 1) == await place(visitor)


@pytest.mark.room(mode="pause", invite_only=True, **CLAIMS)
async def test_a_member_whom_the_shop_has_shut_out_gets_no_place(house: House) -> None:
    """Revoked by the member's key, whatever claims come later."""
    redis = Redis.from_url(house.gateway.redis_url)
    holder = Members(house.name, [SECRET]).holder("anna")
    await Ledger(redis, house.name, [SECRET]).revoke([holder], time.time())
    await redis.aclose()
    answer = await house.visitor(APP, waitroom_claim=claim(house)).get("/")
    assert (403, "revoked") == (answer.status_code, answer.json()["reason"])


@pytest.mark.room(mode="pause", challenge={"when": "always", "bits": 8, "most_bits": 8}, **LANES)
async def test_a_code_for_many_does_not_spare_the_challenge(house: House) -> None:
    """It is on every poster; a member's own invitation says who comes, and does."""
    many = house.visitor(
        APP, waitroom_invitation=Seal([SECRET]).sign(invitation(house, member="", uses=1000))
    )
    answer = await many.get("/lab/echo")
    assert (403, "urn:waitroom:challenge-required") == (answer.status_code, answer.json()["type"])
    member = house.visitor(APP, waitroom_invitation=Seal([SECRET]).sign(invitation(house)))
    assert ("members", 1) == await place(member)


@pytest.mark.room(mode="pause", **LANES)
async def test_the_way_back_is_kept_in_any_script(house: House) -> None:
    """Letters that no header can hold are escaped; what is escaped already stays as it is."""
    visitor = house.visitor()
    for to, location in {
        "/drop/rød?größe=42&farbe=grün#oben": "/drop/r%C3%B8d?gr%C3%B6%C3%9Fe=42&farbe=gr%C3%BCn#oben",
        "/drop/%E9?a=b%20c": "/drop/%E9?a=b%20c",
        "/靴\r\nset-cookie: x=y": "/%E9%9D%B4set-cookie:%20x=y",
    }.items():
        answer = await visitor.get(link(house, invitation(house, uses=0), to))
        assert (303, location) == (answer.status_code, answer.headers["location"])
