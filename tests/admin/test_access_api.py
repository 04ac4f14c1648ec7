"""Users, sessions, tokens and the audit log by the API."""

from __future__ import annotations

import csv
import io
import json

import httpx
import pytest

from admin.audit.entry import Draft, Outcome
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client
from tests.admin.people import OTHER_PASSWORD, Browser, make_user, sign_in, signed_in, token_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def admin(client: Client) -> httpx.AsyncClient:
    """A program that may do everything."""
    return client(Role.ADMIN)


async def test_a_user_comes_and_goes(admin: httpx.AsyncClient, browser: Browser) -> None:
    """Invited, changed, given another link, disabled; each answer has the state then."""
    made = await admin.post("/api/users", json={"name": "bob", "role": "viewer"})
    assert (201, True) == (made.status_code, made.json()["user"]["invited"])
    bob, link = made.json()["user"]["id"], made.json()["link"]
    assert link.startswith("http://console.test/welcome?link=")
    form = {"link": link.partition("=")[2], "password": OTHER_PASSWORD}
    assert 303 == (await browser().post("/welcome", data=form)).status_code
    assert not (await admin.get(f"/api/users/{bob}")).json()["invited"]
    changed = await admin.patch(f"/api/users/{bob}", json={"role": "operator"})
    assert (200, "operator") == (changed.status_code, changed.json()["role"])
    again = await admin.post(f"/api/users/{bob}/link")
    assert link != again.json()["link"]
    assert 200 == (await admin.delete(f"/api/users/{bob}/codes")).status_code
    assert {"ended": 0} == (await admin.delete(f"/api/users/{bob}/sessions")).json()
    disabled = await admin.patch(f"/api/users/{bob}", json={"disabled": True})
    assert disabled.json()["disabled"]
    assert 401 == (await sign_in(browser(), "bob", OTHER_PASSWORD)).status_code
    assert ["bob"] == [user["name"] for user in (await admin.get("/api/users")).json()]


async def test_what_is_wrong_is_said_and_changes_nothing(admin: httpx.AsyncClient, console: Console) -> None:
    """By status and in words."""
    root = await make_user(console, "root", Role.ADMIN)
    for method, path, body, status in (
        ("POST", "/api/users", {"name": "ROOT", "role": "viewer"}, 409),
        ("POST", "/api/users", {"name": " ", "role": "viewer"}, 422),
        ("POST", "/api/users", {"name": "eve", "role": "root"}, 422),
        ("POST", "/api/users", {"name": "eve", "role": "viewer", "password": "x"}, 422),
        ("PATCH", f"/api/users/{root.id}", {}, 422),
        ("PATCH", f"/api/users/{root.id}", {"role": "viewer"}, 409),
        ("PATCH", f"/api/users/{root.id}", {"disabled": True}, 409),
        ("PATCH", "/api/users/nobody", {"disabled": True}, 404),
        ("POST", "/api/users/nobody/link", None, 404),
        ("DELETE", "/api/users/nobody/codes", None, 404),
        ("GET", "/api/users/nobody", None, 404),
        ("POST", "/api/tokens", {"label": "", "role": "viewer"}, 422),
        ("POST", "/api/tokens", {"label": "x", "role": "viewer", "expires_seconds": 1}, 422),
        ("DELETE", "/api/tokens/nothing", None, 404),
        ("GET", "/api/sessions", None, 403),
        ("GET", "/api/audit?limit=0", None, 422),
        ("GET", "/api/audit?outcome=maybe", None, 422),
        ("GET", "/api/audit?since=nan", None, 422),
    ):
        answer = await admin.request(method, path, json=body)
        assert (status, "application/problem+json") == (
            answer.status_code,
            answer.headers["content-type"],
        ), (method, path, body, answer.text)
    assert [root] == await console.people.users.all()


async def test_a_token_is_shown_once(admin: httpx.AsyncClient, client: Client) -> None:
    """Then only what is known of it; revoked, it is over at once."""
    made = await admin.post(
        "/api/tokens", json={"label": "deploys", "role": "operator", "expires_seconds": 3600}
    )
    held, about = made.json()["token"], made.json()["about"]
    assert (201, 3600) == (made.status_code, about["expires_at"] - about["made_at"])
    assert held not in (await admin.get("/api/tokens")).text
    program = client()
    program.headers["authorization"] = f"Bearer {held}"
    assert 200 == (await program.get("/api/rooms")).status_code
    assert 204 == (await admin.delete(f"/api/tokens/{about['id']}")).status_code
    assert 401 == (await program.get("/api/rooms")).status_code


async def test_who_answers_for_a_token_answers_for_those_made_with_it(
    admin: httpx.AsyncClient, console: Console
) -> None:
    """A second token is no second person, where two have to agree."""
    made = await admin.post("/api/tokens", json={"label": "second", "role": "admin"})
    assert "test" == made.json()["about"]["made_by"]
    actor = await console.tokens.actor(made.json()["token"])
    assert actor is not None
    assert "test" == actor.person


async def test_ones_sessions_are_listed_and_ended(console: Console, browser: Browser) -> None:
    """Those of others are not."""
    await make_user(console, "anna", Role.VIEWER)
    await make_user(console, "bob", Role.VIEWER)
    here, there = await signed_in(browser(), "anna"), await signed_in(browser(), "anna")
    bob = await signed_in(browser(), "bob")
    headers = {"accept": "application/json", "x-csrf-token": await token_of(here, "/account")}
    mine = (await here.get("/api/sessions", headers=headers)).json()
    (other,) = [each["id"] for each in mine if not each["current"]]
    theirs = (await bob.get("/api/sessions")).json()[0]["id"]
    assert 404 == (await here.delete(f"/api/sessions/{theirs}", headers=headers)).status_code
    assert 204 == (await here.delete(f"/api/sessions/{other}", headers=headers)).status_code
    assert 303 == (await there.get("/account")).status_code
    assert 200 == (await bob.get("/account")).status_code


async def test_the_log_is_read_in_pages_and_taken_away_whole(
    admin: httpx.AsyncClient, console: Console
) -> None:
    """As JSON, as CSV in which no cell is a formula, and as lines of JSON; that it was is in the log as well."""
    for who in ("=HYPERLINK(1)", "+1+A1", "-1-A1", "@x", "\t=1", "anna"):
        await console.audit.add(Draft(who, "act", Outcome.DONE, after={"rate": 1}, why='said "a, b"'))
    page = (await admin.get("/api/audit", params={"action": "act", "limit": 4})).json()
    assert (4, "anna") == (len(page["entries"]), page["entries"][0]["who"])
    rest = (await admin.get("/api/audit", params={"action": "act", "before": page["before"]})).json()
    assert (2, None) == (len(rest["entries"]), rest["before"])
    answer = await admin.get("/api/audit", params={"action": "act", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert ["anna", r"\t=1", "'@x", "'-1-A1", "'+1+A1", "'=HYPERLINK(1)"] == [row["who"] for row in rows]
    assert ('said "a, b"', '{"rate": 1}') == (rows[0]["why"], rows[0]["after"])
    assert "attachment" in answer.headers["content-disposition"]
    lines = (await admin.get("/api/audit/export", params={"action": "act"})).text.splitlines()
    assert [6, {"rate": 1}] == [len(lines), json.loads(lines[0])["after"]]
    exports = (await admin.get("/api/audit", params={"action": "exportAuditLog"})).json()["entries"]
    assert 2 == len(exports)


async def test_the_page_of_the_log_is_filtered_and_paged(console: Console, browser: Browser) -> None:
    """What is asked for stays in the form, in the links to older entries, and in those that take it away."""
    await make_user(console, "root", Role.ADMIN)
    root = await signed_in(browser(), "root")
    for number in range(120):
        await console.audit.add(
            Draft(
                "anna",
                "setUserRole",
                Outcome.REFUSED,
                f"<b>{number}</b>",
                {"role": "viewer"},
                {"role": "admin"},
            )
        )
    page = (
        await root.get("/audit", params={"who": "anna", "outcome": "refused", "from": "2020-01-01T00:00"})
    ).text
    assert "&lt;b&gt;119&lt;/b&gt;" in page
    assert "<b>119" not in page
    assert "set user role" in page
    assert "who=anna&amp;outcome=refused&amp;since=1577836800&amp;format=csv" in page
    older = page.partition(
        'href="/audit?who=anna&amp;outcome=refused&amp;from=2020-01-01T00%3A00&amp;before='
    )[2]
    rest = (await root.get("/audit", params={"who": "anna", "before": older.partition('"')[0]})).text
    assert "&lt;b&gt;19&lt;/b&gt;" in rest
    assert "&lt;b&gt;20&lt;/b&gt;" not in rest
    for odd in (
        {"from": "yesterday"},
        {"before": "-1"},
        {"outcome": "x"},
        {"from": "9999-12-31T23:59"},
        {"who": "'"},
    ):
        assert 200 == (await root.get("/audit", params=odd)).status_code
    assert "Nothing like that" in (await root.get("/audit", params={"who": "nobody"})).text
