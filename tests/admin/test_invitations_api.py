"""Invitations from the console: one by one and in bulk, listed, looked at, revoked."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from admin.audit.log import Filter
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import Client
from tests.contract.harness import eventually

pytestmark = pytest.mark.anyio

INVITATIONS = "/api/rooms/drop/invitations"
MINTINGS = f"{INVITATIONS}/mintings"
CSV = {"content-type": "text/csv"}


async def minted(operator: httpx.AsyncClient, content: str = "", **params: Any) -> dict[str, Any]:
    """A batch, once it is done."""
    answer = await operator.post(MINTINGS, params={"lane": "members", **params}, content=content, headers=CSV)
    assert 202 == answer.status_code, answer.text
    told: list[dict[str, Any]] = [answer.json()]

    async def done() -> bool:
        told.append((await operator.get(f"{MINTINGS}/{told[0]['id']}")).json())
        return bool(told[-1]["phase"] != "running")

    await eventually(done)
    return told[-1]


async def rows(operator: httpx.AsyncClient, minting: str) -> list[dict[str, str]]:
    """What the file of a batch says."""
    answer = await operator.get(f"{MINTINGS}/{minting}/csv")
    assert 200 == answer.status_code
    return list(csv.DictReader(io.StringIO(answer.text)))


async def look(operator: httpx.AsyncClient, what: str) -> dict[str, Any]:
    """What an invitation says."""
    told: dict[str, Any] = (await operator.post(f"{INVITATIONS}/look", json={"what": what})).json()
    return told


@pytest.mark.parametrize("codes", [False, True])
async def test_members_in_links_out(client: Client, console: Console, codes: bool) -> None:
    """Each counts, all can be revoked at once; the file of members is gone, that of the links is the owner's alone."""
    operator = client(Role.OPERATOR)
    members = "member,name\n42,Zoë\n43,=cmd|'/c calc'!A1\n"
    made = await minted(operator, members, codes=codes)
    assert ("done", 2, 2, True) == (made["phase"], made["count"], made["done"], made["has_file"])
    first, second = await rows(operator, made["id"])
    what = "code" if codes else "link"
    assert ("42", "Zoë", "'=cmd|'/c calc'!A1") == (first["member"], first["name"], second["name"])
    told = await look(operator, first[what])
    assert (True, "members", True, first["invitation"]) == (
        told["counts"], told["lane"], told["is_for_member"], told["id"],
    )  # fmt: skip
    folder = console.settings.data_dir / "invitations"
    assert [f"{made['id']}.csv"] == [path.name for path in folder.iterdir()]
    assert (0o700, 0o600) == tuple(
        path.stat().st_mode & 0o777 for path in (folder, folder / f"{made['id']}.csv")
    )
    (listed,) = (await operator.get(INVITATIONS)).json()
    assert (made["batch"], 2, "token test operator", False) == (
        listed["batch"], listed["count"], listed["who"], listed["is_revoked"],
    )  # fmt: skip
    done = await operator.post(
        f"{INVITATIONS}/revoke", json={"names": [made["batch"]], "reason": "wrong list"}
    )
    assert {"revoked": 1, "before": 0} == done.json()
    assert "it is revoked" == (await look(operator, second[what]))["refusal"]
    assert (await operator.get(INVITATIONS)).json()[0]["is_revoked"]
    assert 204 == (await operator.delete(f"{MINTINGS}/{made['id']}/csv")).status_code
    assert 404 == (await operator.get(f"{MINTINGS}/{made['id']}/csv")).status_code


async def test_so_many_for_whoever_gets_them(client: Client) -> None:
    """With progress; a megabyte and more of members is taken too."""
    operator = client(Role.OPERATOR)
    assert 1500 == len(await rows(operator, (await minted(operator, count=1500))["id"]))
    many = "member,note\n" + "".join(f"m{number},{'x' * 500}\n" for number in range(2500))
    assert 1024 * 1024 < len(many)
    assert 2500 == (await minted(operator, many))["done"]


@pytest.mark.parametrize(
    ("kind", "more", "counts_as"),
    [
        ("links", {}, "link"),
        ("links", {"member": "42"}, "link"),
        ("codes", {}, "code"),
        ("word", {"word": "SPRING24"}, "code"),
    ],
)
async def test_one_at_a_time(
    client: Client, console: Console, kind: str, more: dict[str, str], counts_as: str
) -> None:
    """A link, a code, or a word; what opens the door is in no log."""
    operator = client(Role.OPERATOR)
    made = await operator.post(INVITATIONS, json={"kind": kind, "lane": "members", **more})
    assert 201 == made.status_code, made.text
    told = await look(operator, made.json()[counts_as])
    assert (True, made.json()["id"]) == (told["counts"], told["id"])
    (entry,) = await console.audit.page(Filter(action="mintInvitation"))
    assert made.json()[counts_as] not in entry.after
    assert made.json()["batch"] in entry.after


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"lane": "nowhere"}, "lane: the room has no lane"),
    ({"lane": "members", "expires": "soon"}, "expires: 'soon' was given"),
    ({"lane": "members", "expires": "500d"}, "expires: an invitation must end in the future"),
    ({"lane": "members", "begins": "2026-05-01 10:00"}, "2026-05-01T10:00:00 has no time zone"),
    ({"lane": "members", "uses": 0}, "uses: 0 (any number) is for members only"),
    ({"lane": "members", "uses": -1}, "uses"),
    ({"lane": "members", "kind": "word", "word": "x"}, "code: 'x' was given"),
    ({"lane": "members", "kind": "word", "word": "SPRING24", "uses": 0}, "uses: must be at least 1"),
    ({"lane": "members", "base": "javascript:alert(1)"}, "base: "),
    ({"lane": "members", "to": "//elsewhere.example"}, "to: "),
    ({"lane": "members", "colour": "red"}, "colour"),
    ({}, "lane"),
]


async def test_what_cannot_be_minted_is_refused(client: Client) -> None:
    """With what is wrong."""
    operator = client(Role.OPERATOR)
    for body, word in WRONG:
        answer = await operator.post(INVITATIONS, json=body)
        assert 422 == answer.status_code, body
        assert answer.json()["detail"].startswith(word), answer.json()["detail"]


WRONG_FILES: list[tuple[str, dict[str, Any], str | None]] = [
    ("name\nx\n", {}, 'members:1: exactly one column must be named "member"'),
    ("member\n42\n42\n", {}, "members:3: the member is the same as on line 2"),
    ("member\n\xff", {}, None),
    ("member\n", {}, "members:1: there is no row"),
    ("member,link\n1,2\n", {}, 'members:1: a column is named "link"'),
    ("", {}, "count: either"),
    ("member\n1\n", {"count": 5}, "count: either"),
    ("", {"count": 5, "uses": 0}, "uses: 0"),
    ("", {"count": 200_001}, "query.count"),
    ("member\n1\n", {"lane": "nowhere"}, "lane: the room has no lane"),
    ("member\n1\n", {"to": "\\\\x"}, "to: "),
]


async def test_a_file_that_is_wrong_is_told_by_its_line(client: Client, console: Console) -> None:
    """And not by where the console had put it; nothing of it is left."""
    operator = client(Role.OPERATOR)
    for content, params, word in WRONG_FILES:
        raw = content.encode("latin-1") if word is None else content.encode()
        answer = await operator.post(MINTINGS, params={"lane": "members", **params}, content=raw, headers=CSV)
        assert 422 == answer.status_code, content
        assert answer.json()["detail"].startswith(word or "members:2: not UTF-8"), answer.json()["detail"]
    folder = console.settings.data_dir / "invitations"
    assert [] == (list(folder.iterdir()) if folder.exists() else [])


async def test_members_are_revoked_without_being_named(client: Client, console: Console) -> None:
    """Their keys may be addresses: neither record nor audit log has them."""
    operator = client(Role.OPERATOR)
    made = await operator.post(INVITATIONS, json={"lane": "members", "member": "zoe@shop.example"})
    names = {"names": [" zoe@shop.example ", "zoe@shop.example", ""], "members": True}
    assert 1 == (await operator.post(f"{INVITATIONS}/revoke", json=names)).json()["revoked"]
    assert not (await look(operator, made.json()["link"]))["counts"]
    (entry,) = await console.audit.page(Filter(action="revokeInvitations"))
    assert "zoe" not in entry.after
    wrong = await operator.post(f"{INVITATIONS}/revoke", json={"names": ["zoe@shop.example"]})
    assert (422, "names: ") == (wrong.status_code, wrong.json()["detail"][:7])
