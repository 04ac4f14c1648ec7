"""Sign-in with an OpenID Connect provider: whoever it knows and the settings name gets in, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from redis.asyncio import Redis

from admin.app import build_console
from admin.audit.log import Filter
from admin.auth.oidc.metadata import AGAIN_SECONDS, KEPT_SECONDS, ProviderData
from admin.auth.oidc.person import NotAllowedError, person_of, verified_email
from admin.auth.roles import Role
from admin.console import Console
from tests.admin.conftest import SECRET as SITE_SECRET
from tests.admin.oidc_provider import CLIENT, SECRET, FakeProvider, key_of, running_provider
from tests.admin.people import BASE, make_user, post, sign_in
from waitroom.assembly.redis import connect
from waitroom.settings import Settings
from waitroom.settings.sign_in import OidcSettings

pytestmark = pytest.mark.anyio

ANNA: Mapping[str, object] = {
    "email": "Anna@shop.example",
    "email_verified": True,
    "groups": ["staff", "sre"],
}
ROLES: Mapping[str, str] = {"sre": "admin", "shop-ops": "operator"}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeProvider]:
    """A provider for all tests."""
    with running_provider() as running:
        yield running


@pytest.fixture
def provider(server: FakeProvider) -> FakeProvider:
    """One that knows Anna, and does all as it should."""
    server.__init__(server.url, dict(ANNA))  # type: ignore[misc] # the same server, as new
    return server


@pytest.fixture
async def app(settings: Settings, redis: Redis, provider: FakeProvider) -> AsyncIterator[FastAPI]:
    """A console that believes it."""
    oidc = OidcSettings.model_validate(
        {
            "issuer": provider.url,
            "client_id": CLIENT,
            "client_secret": SecretStr(SECRET),
            "label": "Shop SSO",
            "domains": ["shop.example"],
            "roles": dict(ROLES),
        }
    )
    known = settings.model_copy(update={"sign_in": settings.sign_in.model_copy(update={"oidc": oidc})})
    made = build_console(known, connect(settings.redis_url or ""), [SITE_SECRET])
    async with made.router.lifespan_context(made):
        yield made


Return = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


async def there_and_back(client: httpx.AsyncClient, to: str = "/", **changed: str) -> httpx.Response:
    """Goes to the provider, and what the console says when the browser is back; ``changed`` replaces what the provider
    sends along."""
    begun = await client.get("/sign-in/provider", params={"to": to})
    assert 303 == begun.status_code, begun.text
    async with httpx.AsyncClient(verify=False) as outside:
        sent = await outside.get(begun.headers["location"])
    back = urlsplit(sent.headers["location"])
    assert f"{BASE}/sign-in/provider/back" == f"{back.scheme}://{back.netloc}{back.path}"
    answer = {name: values[0] for name, values in parse_qs(back.query).items()} | changed
    return await client.get(back.path, params=answer, headers={"sec-fetch-site": "cross-site"})


async def refusal(console: Console) -> str:
    """Why the last one was refused, by the audit log; nobody is there then."""
    entry = (await console.audit.page(Filter(), 1))[0]
    assert ("", "sign-in") == (entry.who, entry.action)
    assert [] == [user for user in await console.people.users.all() if user.issuer]
    return entry.why


async def test_whoever_it_knows_gets_in(console: Console, browser: Callable[[], httpx.AsyncClient]) -> None:
    """With the highest role of their groups, under their verified e-mail address, where they wanted to go."""
    anna = browser()
    assert "Sign in with Shop SSO" in (await anna.get("/sign-in")).text
    answer = await there_and_back(anna, to="/account")
    assert (303, "/account") == (answer.status_code, answer.headers["location"])
    assert 200 == (await anna.get("/access")).status_code
    (user,) = await console.people.users.all()
    assert ("Anna@shop.example", Role.ADMIN, False) == (user.name, user.role, user.is_invited)
    entry = (await console.audit.page(Filter(), 1))[0]
    assert ("Anna@shop.example", "sign-in", "done") == (entry.who, entry.action, entry.outcome.value)
    await there_and_back(browser())
    assert 1 == len(await console.people.users.all())


async def test_the_role_is_what_the_provider_says_today(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """At the next sign-in; sessions with the old role end then. Nobody changes it here."""
    first, second = browser(), browser()
    await there_and_back(first)
    provider.claims["groups"] = "shop-ops"
    await there_and_back(second)
    (user,) = await console.people.users.all()
    assert Role.OPERATOR == user.role
    assert 303 == (await first.get("/")).status_code
    assert 403 == (await second.get("/access")).status_code
    await make_user(console, "root", Role.ADMIN)
    root = browser()
    await sign_in(root, "root")
    for action in ("role", "link"):
        assert 409 == (await post(root, f"/access/users/{user.id}/{action}", role="admin")).status_code
    assert 303 == (await post(root, f"/access/users/{user.id}/disable")).status_code
    answer = await there_and_back(browser())
    assert (403, True) == (answer.status_code, "has disabled you" in answer.text)


STRANGERS: tuple[dict[str, object], ...] = (
    {"email_verified": False},
    {"email_verified": None},
    {"email_verified": "yes"},
    {"email": None},
    {"email": "anna@evil.example"},
    {"email": "anna@shop.example@evil.example"},
    {"email": "anna@notshop.example"},
    {"email": ["anna@shop.example"]},
    {"groups": None},
    {"groups": ["staff"]},
    {"groups": {"sre": True}},
    {"groups": [["sre"]]},
    {"groups": "SRE"},
)


async def test_who_is_not_named_by_the_settings_does_not(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """An unverified or foreign address, no group or another; the page says so, and keeps the way by password."""
    client = browser()
    for claims in STRANGERS:
        provider.claims = {**ANNA, **claims}
        answer = await there_and_back(client)
        assert (403, True) == (answer.status_code, 'id="password"' in answer.text), claims
        assert "__Host-waitroom_console" not in client.cookies
        assert await refusal(console)


OTHERS: tuple[dict[str, object], ...] = (
    {"nonce": "another's"},
    {"nonce": None},
    {"aud": "another client"},
    {"aud": [CLIENT, "another client"]},
    {"iss": "https://accounts.evil.example"},
    {"exp": 1},
    {"exp": None},
    {"sub": None},
    {"at_hash": "of another token"},
    {"azp": "another client"},
)


async def test_an_id_token_that_is_not_for_this_sign_in_is_worth_nothing(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """Nonce, audience, issuer, time, subject: all must hold."""
    for wrong in OTHERS:
        provider.wrong = wrong
        assert 503 == (await there_and_back(browser())).status_code, wrong
        assert "ID token does not hold" in await refusal(console)


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
async def test_an_id_token_that_anybody_could_have_signed_is_worth_nothing(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider, algorithm: str
) -> None:
    """Even where the provider offers such."""
    provider.algorithm = algorithm
    assert 503 == (await there_and_back(browser())).status_code
    assert "ID token does not hold" in await refusal(console)


async def test_another_key_is_worth_nothing_and_a_new_one_is_fetched(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """A provider that exchanges its keys needs nobody to do anything here; unknown keys make no flood of questions."""
    provider.signs_with = key_of("one", 2)
    assert 503 == (await there_and_back(browser())).status_code
    assert "bad_signature" in await refusal(console)
    now = [1000.0]
    oidc = console.settings.sign_in.oidc
    assert oidc is not None
    data = ProviderData(oidc, clock=lambda: now[0])
    old = await data.keys()
    provider.key = key_of("two")
    asked = provider.seen.count("/keys")
    for _ in range(3):
        assert old is await data.keys(newer_than=old)
    assert asked == provider.seen.count("/keys")
    now[0] += AGAIN_SECONDS
    new = await data.keys(newer_than=old)
    assert ["two"] == [key.kid for key in new.keys]
    assert new is await data.keys(newer_than=old)
    now[0] += KEPT_SECONDS
    assert new is not await data.keys()


async def test_a_sign_in_that_this_browser_did_not_begin_is_refused(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """Wrong or missing state, no attempt, another browser's, or a second time."""
    for state in ("", "another's"):
        assert 403 == (await there_and_back(browser(), state=state)).status_code
    assert "not the sign-in that this browser began" in await refusal(console)
    stranger = browser()
    assert (
        403 == (await stranger.get("/sign-in/provider/back", params={"code": "x", "state": "y"})).status_code
    )
    assert 403 == (await stranger.get("/sign-in/provider/back")).status_code
    forged = {"cookie": "__Host-waitroom_oidc=forged"}
    assert 403 == (await stranger.get("/sign-in/provider/back", headers=forged)).status_code
    assert [] == [path for path in provider.seen if path == "/token"]
    client = browser()
    answer = await there_and_back(client)
    assert "__Host-waitroom_oidc" not in client.cookies
    again = await client.get(answer.request.url)
    assert 403 == again.status_code


async def test_a_code_is_bound_to_its_sign_in(
    browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """PKCE: somebody else's code, put into one's own sign-in, gives no token."""
    victim = await browser().get("/sign-in/provider")
    async with httpx.AsyncClient(verify=False) as outside:
        sent = await outside.get(victim.headers["location"])
    stolen = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    assert 503 == (await there_and_back(browser(), code=stolen)).status_code


async def test_what_the_provider_refuses_is_told(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """Without its markup."""
    provider.error = "access_denied<b>"
    answer = await there_and_back(browser())
    assert (403, True) == (answer.status_code, "access_denied&lt;b&gt;" in answer.text)
    assert "access_denied" in await refusal(console)


async def test_the_answer_of_another_provider_is_refused(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """Mix-up (RFC 9207)."""
    provider.answer_iss = "https://accounts.evil.example"
    assert 503 == (await there_and_back(browser())).status_code
    assert "9207" in await refusal(console)
    provider.answer_iss = provider.url
    assert 303 == (await there_and_back(browser())).status_code


async def test_what_the_id_token_lacks_is_asked_for(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """At the userinfo endpoint, which must speak of the same person."""
    provider.claims = {}
    provider.userinfo = {**ANNA, "sub": "subject-2"}
    assert 503 == (await there_and_back(browser())).status_code
    assert "of somebody else" in await refusal(console)
    provider.userinfo["sub"] = "subject-1"
    assert 303 == (await there_and_back(browser())).status_code


@pytest.mark.parametrize("breaks", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"])
async def test_a_provider_that_fails_hurts_no_password(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider, breaks: str
) -> None:
    """Whatever of it does; it is not asked again and again."""
    provider.userinfo, provider.breaks = {}, breaks
    if breaks == "/userinfo":
        provider.claims = {}
    await make_user(console, "root", Role.ADMIN)
    for _ in range(3):
        client = browser()
        answer = await client.get("/sign-in/provider")
        if answer.status_code == 303:
            answer = await there_and_back(client)
        assert (503, True) == (answer.status_code, "Sign in with a password" in answer.text)
        assert 303 == (await sign_in(client, "root")).status_code
    if breaks == "/.well-known/openid-configuration":
        assert provider.seen.count(breaks) < 3


async def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """OpenID Connect Discovery 1.0 section 4.3."""
    provider.issuer = "https://accounts.evil.example"
    assert 503 == (await browser().get("/sign-in/provider")).status_code


async def test_nobody_takes_over_a_user_by_a_name(
    console: Console, browser: Callable[[], httpx.AsyncClient], provider: FakeProvider
) -> None:
    """Somebody at the provider whose name is that of a user with a password is somebody else."""
    await make_user(console, "anna@SHOP.example", Role.VIEWER)
    answer = await there_and_back(browser())
    assert (403, True) == (answer.status_code, "There is a user" in answer.text)
    (user,) = await console.people.users.all()
    assert Role.VIEWER == user.role


def test_claims_and_settings_decide_the_role() -> None:
    """The highest of all values; nested claims by their path; where no domain is asked for, groups alone decide."""
    settings = OidcSettings.model_validate(
        {"issuer": "https://a.example", "client_id": "c", "claim": "realm_access.roles", "roles": dict(ROLES)}
    )
    nested = {"sub": "1", "realm_access": {"roles": ["shop-ops", "sre"]}, "preferred_username": "anna"}
    assert ("anna", Role.ADMIN) == ((found := person_of(nested, settings)).name, found.role)
    assert "1" == person_of({"sub": "1", "realm_access.roles": "shop-ops"}, settings).name
    with pytest.raises(NotAllowedError):
        person_of({"sub": "1", "realm_access": "sre"}, settings)
    unverified = {**nested, "email": "root@shop.example", "email_verified": False}
    assert "anna" == person_of(unverified, settings).name
    assert verified_email(unverified) is None
    everybody = OidcSettings.model_validate(
        {
            "issuer": "https://a.example",
            "client_id": "c",
            "domains": ["Müller.example"],
            "otherwise": "viewer",
        }
    )
    umlaut = {"sub": "1", "email": "zoe@müller.example", "email_verified": "true"}
    assert Role.VIEWER == person_of(umlaut, everybody).role
