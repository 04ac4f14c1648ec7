"""The audit log: every action and every refusal is in it, and stays as it was written."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response

from admin.audit.address import network_of
from admin.audit.entry import Draft, Entry, Outcome, plain
from admin.audit.flood import OF_ALL, OF_ONE, Flood
from admin.audit.log import AuditLog, Filter
from admin.audit.trail import no_action, record
from admin.auth.access import Operator
from admin.auth.roles import Role
from admin.console import Console
from admin.store import Store
from tests.admin.conftest import Client
from tests.admin.people import PASSWORD, Browser, make_user, post, sign_in, signed_in

pytestmark = pytest.mark.anyio


async def newest(console: Console) -> Entry:
    """The last entry."""
    return (await console.audit.page(Filter(), 1))[0]


async def test_a_new_route_cannot_escape(app: FastAPI, console: Console, client: Client) -> None:
    """One that says nothing of itself is written down with who, what, to what, and the answer."""

    @app.post("/api/rooms/{room}/explode", operation_id="explode")
    async def explode(_: Operator, room: str) -> Response:
        return Response(status_code=409 if room == "late-sale" else 204)

    @app.post("/api/break")
    async def break_down(_: Operator) -> Response:
        raise ZeroDivisionError

    assert 204 == (await client(Role.OPERATOR).post("/api/rooms/drop/explode")).status_code
    entry = await newest(console)
    assert ("token test operator", "explode", "drop", Outcome.DONE, 204) == (
        entry.who, entry.action, entry.about, entry.outcome, entry.status,
    )  # fmt: skip
    await client(Role.OPERATOR).post("/api/rooms/late-sale/explode")
    assert (Outcome.REFUSED, 409) == ((entry := await newest(console)).outcome, entry.status)
    await client(Role.VIEWER).post("/api/rooms/drop/explode")
    entry = await newest(console)
    assert ("token test viewer", Outcome.REFUSED, 403) == (entry.who, entry.outcome, entry.status)
    await client().post("/api/rooms/drop/explode")
    entry = await newest(console)
    assert ("", Outcome.REFUSED, 401) == (entry.who, entry.outcome, entry.status)
    with pytest.raises(ZeroDivisionError):
        await client(Role.OPERATOR).post("/api/break")
    entry = await newest(console)
    assert ("break_down", Outcome.FAILED, 500) == (entry.action, entry.outcome, entry.status)


async def test_a_route_says_more(app: FastAPI, console: Console, client: Client) -> None:
    """The values before and after, and why; a preview leaves no entry, unless it is refused."""

    @app.post("/api/change")
    async def change(request: Request, _: Operator) -> Response:
        record(request, about="drop", before={"rate": 120})
        record(request, after={"rate": 90.5}, why="payment is slow")
        return Response()

    @app.post("/api/preview")
    async def preview(request: Request, _: Operator) -> Response:
        no_action(request)
        return Response()

    @app.get("/api/export")
    async def export(request: Request, _: Operator) -> Response:
        record(request, action="export")
        return Response()

    await client(Role.OPERATOR).post("/api/change")
    entry = await newest(console)
    assert ('{"rate": 120}', '{"rate": 90.5}', "payment is slow") == (entry.before, entry.after, entry.why)
    await client(Role.OPERATOR).post("/api/preview")
    await client(Role.OPERATOR).get("/api/rooms")
    assert entry.id == (await newest(console)).id
    await client(Role.VIEWER).post("/api/preview")
    assert 403 == (await newest(console)).status
    await client(Role.OPERATOR).get("/api/export")
    assert "export" == (await newest(console)).action


async def test_sign_ins_are_written_down_and_no_secret_is(console: Console, browser: Browser) -> None:
    """Who, from which network, how it ended; neither passwords, also those typed as a name, nor links."""
    user = await make_user(console, "anna", Role.ADMIN)
    link = await console.people.links.make(user.id, made_by="test")
    held = link.partition("=")[2]
    await sign_in(browser(), PASSWORD, "my name")
    await sign_in(browser(), "anna", "guessed")
    anna = await signed_in(browser(), "anna")
    await browser().post("/welcome", data={"link": held, "password": "short"})
    await browser().post(link, headers={"sec-fetch-site": "cross-site"})
    await post(anna, "/account/password", old=PASSWORD, new="another easy one")
    await anna.post("/sign-out", data={"csrf": "0"})
    entries = await console.audit.page(Filter())
    told = [
        (each.who, each.action, each.about, each.outcome.value, each.network) for each in reversed(entries)
    ]
    network = "192.0.2.0/24"
    assert [
        ("", "sign-in", "unknown name", "refused", network),
        ("", "sign-in", "anna", "refused", network),
        ("anna", "sign-in", "anna", "done", network),
        ("", "use one-time link", "anna", "refused", network),
        ("", "POST /welcome", "", "refused", network),
        ("anna", "changePassword", "anna", "done", network),
    ] == told[:6]
    written = json.dumps([str(each) for each in entries])
    for secret in (PASSWORD, "guessed", held, "another easy one", "192.0.2.7"):
        assert secret not in written


async def test_what_admins_do_is_written_down(console: Console, browser: Browser) -> None:
    """With what was before and after."""
    await make_user(console, "root", Role.ADMIN)
    bob = await make_user(console, "bob", Role.VIEWER)
    root = await signed_in(browser(), "root")
    await post(root, f"/access/users/{bob.id}/role", role="admin")
    entry = await newest(console)
    assert ("root", "setUserRole", "bob", '{"role": "viewer"}', '{"role": "admin"}') == (
        entry.who, entry.action, entry.about, entry.before, entry.after,
    )  # fmt: skip
    await post(root, "/access/tokens", label="deploys", role="viewer", days="1")
    (token,) = await console.tokens.all()
    assert ("makeToken", f"deploys ({token.id})") == ((made := await newest(console)).action, made.about)
    await post(root, f"/access/tokens/{token.id}/revoke")
    assert ("revokeToken", f"deploys ({token.id})") == ((over := await newest(console)).action, over.about)


async def test_entries_stand(console: Console) -> None:
    """The file itself refuses to change or remove one, but those that are older than a month."""
    await console.audit.add(Draft("anna", "sign-in", Outcome.DONE))
    with closing(sqlite3.connect(console.store.path)) as db:
        for attempt in ("UPDATE audit SET who = 'eve'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="of the audit log are"):
                db.execute(attempt)
    assert "anna" == (await newest(console)).who


async def test_old_entries_are_forgotten(tmp_path: Path) -> None:
    """After the time of the settings, and no other ones."""
    now = [1_000_000.0]
    store = Store(tmp_path)
    log = AuditLog(store, clock=lambda: now[0])
    await log.add(Draft("old", "x", Outcome.DONE))
    now[0] += 100
    await log.add(Draft("new", "x", Outcome.DONE))
    assert 1 == await log.forget(50)
    assert ["new"] == [entry.who async for entry in log.every(Filter())]
    store.close()


async def test_texts_from_outside_do_nothing_where_they_are_shown(console: Console) -> None:
    """Control characters, line ends, and signs that turn the direction stand as their escapes; long ones are cut."""
    for text, shown in (
        ("a\r\nb\x1b[31m\x00", r"a\r\nb\x1b[31m\x00"),
        ("ad\u202enimda", r"ad\u202enimda"),
        ("\ud800\u2028\U000e0041", r"\ud800\u2028\U000e0041"),
        ("Zoë 東京", "Zoë 東京"),
        ("x" * 600, "x" * 499 + "…"),
    ):
        assert shown == plain(text)
    await console.audit.add(
        Draft("e\nve", "a\tb", Outcome.DONE, "\x7f", {"a\n": "b\n"}, {"c": 1}, "w\x00", "", 1)
    )
    entry = await newest(console)
    assert (r"e\nve", r"a\tb", r"\x7f", r"w\x00") == (entry.who, entry.action, entry.about, entry.why)
    assert {r"a\n": r"b\n"} == json.loads(entry.before)


async def test_it_is_filtered_and_paged(console: Console) -> None:
    """By who, what, to what, how it ended, and when; page by page, newest first."""
    for number in range(5):
        for who in ("anna", "bob"):
            done = Outcome.DONE if number % 2 else Outcome.REFUSED
            await console.audit.add(Draft(who, f"act {number}", done, "drop"))
    assert 5 == len(await console.audit.page(Filter(who="anna")))
    assert 2 == len(await console.audit.page(Filter(action="act 3")))
    assert 4 == len(await console.audit.page(Filter(outcome=Outcome.DONE, about="drop")))
    assert [] == await console.audit.page(Filter(who="' OR 1=1 --"))
    everything = [entry.id async for entry in console.audit.every(Filter())]
    assert (10, sorted(everything, reverse=True)) == (len(everything), everything)
    first = await console.audit.page(Filter(), 4)
    rest = await console.audit.page(Filter(before_id=first[-1].id))
    assert everything == [entry.id for entry in (*first, *rest)]
    at = first[0].at
    assert [] == await console.audit.page(Filter(since=at + 1))
    assert 10 == len(await console.audit.page(Filter(until=at + 1)))
    assert [f"act {number}" for number in range(5)] == await console.audit.actions()


def test_a_flood_of_refusals_is_counted_and_not_written() -> None:
    """So many a minute of one, and of all together; then how many there were."""
    flood = Flood()
    assert OF_ONE == sum(flood.takes("192.0.2.0/24", 0.0) for _ in range(100))
    assert OF_ALL - OF_ONE == sum(flood.takes(f"10.0.{turn}.0/24", 1.0) for turn in range(1000))
    assert 0 == flood.told(59.0)
    left_out = 70 + 1000 - (OF_ALL - OF_ONE)
    assert (left_out, 0) == (flood.told(60.0), flood.told(60.0))
    assert flood.takes("192.0.2.0/24", 60.0)


async def test_whoever_is_let_in_nowhere_does_not_fill_the_disk(console: Console, client: Client) -> None:
    """Refusals of one network are written a few times a minute; unknown paths are not at all."""
    nobody = client()
    for _ in range(2 * OF_ONE + 20):
        assert 401 == (await nobody.post("/access/users")).status_code
        assert 404 == (await nobody.post("/wp-login.php")).status_code
    written = len([entry async for entry in console.audit.every(Filter())])
    assert OF_ONE <= written <= 2 * OF_ONE, "a new minute may begin meanwhile"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("a socket", ""),
    ],
)
def test_of_an_address_the_network_is_kept(address: str, network: str) -> None:
    """It tells an attack from a colleague, and is no one's own."""
    assert network == network_of(address)


async def test_an_unreachable_file_does_not_hide_an_action(
    app: FastAPI, console: Console, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be written to the log is told in the process's own log, in one line without control characters."""

    @app.post("/api/change")
    async def change(request: Request, _: Operator) -> Response:
        record(request, why="a\nb")
        await console.store.run(lambda db: db.execute("DROP TABLE audit"))
        return Response()

    program: httpx.AsyncClient = client(Role.OPERATOR)
    assert 200 == (await program.post("/api/change")).status_code
    (said,) = [each.getMessage() for each in caplog.records if each.name == "waitroom.audit"]
    assert "not in the audit log" in said
    assert "\n" not in said
    assert "token test operator" in said
