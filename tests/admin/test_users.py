"""What admins do with users and tokens, on the page of who may."""

from __future__ import annotations

import re

import httpx
import pytest

from admin.auth.roles import Role
from admin.auth.user import LastAdminError, User
from admin.console import Console
from tests.admin.conftest import Client
from tests.admin.people import OTHER_PASSWORD, PASSWORD, Browser, make_user, post, sign_in, signed_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def root(console: Console, browser: Browser) -> httpx.AsyncClient:
    """The browser of an admin."""
    await make_user(console, "root", Role.ADMIN)
    return await signed_in(browser(), "root")


async def named(console: Console, name: str) -> User:
    """The user of that name, who is there."""
    user = await console.people.users.named(name)
    assert user is not None
    return user


def once(page: httpx.Response) -> str:
    """What a page shows this once."""
    found = re.search(r'<p class="secret">([^<]+)</p>', page.text)
    assert found is not None, page.text
    return found[1]


async def test_somebody_is_invited_and_gets_in(
    console: Console, browser: Browser, root: httpx.AsyncClient
) -> None:
    """With the role that the admin chose, and a password that the admin does not know."""
    link = once(await post(root, "/access/users", name="bob@shop.example", role="operator"))
    assert link.startswith("https://console.test/welcome?link=")
    assert link not in (await root.get("/access")).text
    bob = browser()
    page = (await bob.get(link)).text
    assert "Welcome, bob@shop.example" in page
    held = link.partition("=")[2]
    assert (
        422 == (await bob.post("/welcome", data={"link": held, "password": "bob@shop.example"})).status_code
    )
    assert 303 == (await bob.post("/welcome", data={"link": held, "password": OTHER_PASSWORD})).status_code
    user = await named(console, "bob@shop.example")
    assert (Role.OPERATOR, "root") == (user.role, user.made_by)
    assert 403 == (await bob.get("/access")).status_code


async def test_a_name_is_of_one_user(console: Console, root: httpx.AsyncClient) -> None:
    """However it is written; what is wrong with a name is said beside it."""
    await make_user(console, "Zoë", Role.VIEWER)
    for name, status in (("zoe\u0308", 409), ("ZOË ", 409), ("", 422), ("x" * 65, 422), ("a\nb", 422)):
        answer = await post(root, "/access/users", name=name, role="viewer")
        assert (status, True) == (answer.status_code, 'id="wrong-name"' in answer.text), name
    assert 422 == (await post(root, "/access/users", name="eve", role="root")).status_code
    assert ["root", "Zoë"] == [user.name for user in await console.people.users.all()]


async def test_a_role_is_changed_and_a_user_disabled(
    console: Console, browser: Browser, root: httpx.AsyncClient
) -> None:
    """At once; enabled again they sign in with the password that they had."""
    bob = await make_user(console, "bob", Role.ADMIN)
    client = await signed_in(browser(), "bob")
    assert 303 == (await post(root, f"/access/users/{bob.id}/role", role="viewer")).status_code
    await signed_in(client, "bob")
    assert 403 == (await client.get("/access")).status_code
    assert 303 == (await post(root, f"/access/users/{bob.id}/disable")).status_code
    assert 401 == (await sign_in(browser(), "bob")).status_code
    assert 409 == (await post(root, f"/access/users/{bob.id}/link")).status_code
    assert 303 == (await post(root, f"/access/users/{bob.id}/enable")).status_code
    await signed_in(client, "bob")
    assert 303 == (await post(root, f"/access/users/{bob.id}/end-sessions")).status_code
    assert 303 == (await client.get("/")).status_code
    for action in ("role", "disable", "enable", "link", "codes-off", "end-sessions"):
        assert 404 == (await post(root, f"/access/users/nobody/{action}", role="viewer")).status_code


async def test_the_last_admin_stays(console: Console, root: httpx.AsyncClient) -> None:
    """Else nobody could let anybody in. One who was only invited, or is disabled, does not count."""
    admin = await named(console, "root")
    await console.people.users.invite("invited", Role.ADMIN, made_by="root")
    gone = await make_user(console, "gone", Role.ADMIN)
    await console.people.users.disable(gone.id)
    for action, fields in (("role", {"role": "operator"}), ("disable", {})):
        answer = await post(root, f"/access/users/{admin.id}/{action}", **fields)
        assert (409, True) == (answer.status_code, "only admin" in answer.text)
    with pytest.raises(LastAdminError):
        await console.people.users.set_role(admin.id, Role.VIEWER)
    assert Role.ADMIN == (await named(console, "root")).role
    assert 200 == (await root.get("/")).status_code
    await console.people.users.enable(gone.id)
    assert 303 == (await post(root, f"/access/users/{admin.id}/disable")).status_code


async def test_who_lost_the_app_is_helped(
    console: Console, browser: Browser, root: httpx.AsyncClient
) -> None:
    """An admin turns the codes off, which ends their sessions and their recovery codes."""
    bob = await make_user(console, "bob", Role.VIEWER)
    await console.people.users.set_totp(bob.id, console.people.totp.seal("JBSWY3DPEHPK3PXP"))
    codes = await console.people.recovery_codes.make(bob.id)
    assert (await sign_in(browser(), "bob")).headers["location"].startswith("/sign-in/code")
    assert 303 == (await post(root, f"/access/users/{bob.id}/codes-off")).status_code
    assert "/" == (await sign_in(browser(), "bob")).headers["location"]
    assert not await console.people.recovery_codes.use(bob.id, codes[0])


async def test_a_token_is_made_shown_once_and_revoked(
    console: Console, client: Client, root: httpx.AsyncClient
) -> None:
    """With a role and an end."""
    page = await post(root, "/access/tokens", label=" Deploys ", role="operator", days="30")
    held = once(page)
    assert held.startswith("wrt_")
    assert held not in (await root.get("/access")).text
    (token,) = await console.tokens.all()
    assert (Role.OPERATOR, "Deploys", "root") == (token.role, token.label, token.made_by)
    assert token.expires_at is not None
    assert 30 * 86_400 == token.expires_at - token.made_at
    program = client()
    program.headers["authorization"] = f"Bearer {held}"
    assert 200 == (await program.get("/api/rooms")).status_code
    assert 403 == (await program.get("/access")).status_code
    assert 303 == (await post(root, f"/access/tokens/{token.id}/revoke")).status_code
    assert 401 == (await program.get("/api/rooms")).status_code
    assert 404 == (await post(root, f"/access/tokens/{token.id}/revoke")).status_code
    for label, days in (("", "30"), ("x" * 81, "30"), ("a\x00b", "30"), ("deploys", "9")):
        assert 422 == (await post(root, "/access/tokens", label=label, role="viewer", days=days)).status_code


async def test_a_program_has_no_account(client: Client) -> None:
    """What is about oneself is for people."""
    assert 403 == (await client(Role.ADMIN).get("/account")).status_code
    assert 403 == (await client(Role.ADMIN).post("/account/password", data={})).status_code


async def test_ones_own_password_takes_the_old_one_and_a_good_new_one(
    console: Console, browser: Browser
) -> None:
    """What is wrong is said at the field."""
    await make_user(console, "bob", Role.VIEWER)
    bob = await signed_in(browser(), "bob")
    for old, new, says in (
        ("wrong", OTHER_PASSWORD, "wrong-old"),
        (PASSWORD, "short", "wrong-new"),
        (PASSWORD, PASSWORD, "wrong-new"),
        (PASSWORD, "", "wrong-new"),
    ):
        answer = await post(bob, "/account/password", old=old, new=new)
        assert (422, True) == (answer.status_code, f'id="{says}"' in answer.text), (old, new)
    assert 303 == (await post(bob, "/account/password", old=PASSWORD, new=OTHER_PASSWORD)).status_code


async def test_names_are_shown_as_they_are(console: Console, root: httpx.AsyncClient) -> None:
    """Nobody puts markup into the page of another."""
    await make_user(console, "<script>alert(1)</script>", Role.VIEWER)
    await post(root, "/access/tokens", label="<b>x</b>", role="viewer", days="1")
    page = (await root.get("/access")).text
    assert "<script>alert" not in page
    assert "<b>x" not in page
