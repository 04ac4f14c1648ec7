"""People at the console: their browsers, and how they get in."""

from __future__ import annotations

import re
from typing import Protocol

import httpx

from admin.auth.roles import Role
from admin.auth.user import User
from admin.console import Console

PASSWORD = "tin sparrow lowland quartz"
OTHER_PASSWORD = "gravel yacht mitten orbit"
BASE = "https://console.test"


class Browser(Protocol):
    """Makes browsers with no cookies."""

    def __call__(self, base_url: str = BASE, *, address: str = "192.0.2.7") -> httpx.AsyncClient: ...


async def make_user(console: Console, name: str, role: Role, password: str = PASSWORD) -> User:
    """A user who can sign in."""
    people = console.people
    user = await people.users.invite(name, role, made_by="test")
    return (await people.users.set_password(user.id, await people.passwords.hash(password)))[1]


async def sign_in(
    browser: httpx.AsyncClient, name: str, password: str = PASSWORD, **more: str
) -> httpx.Response:
    """What the sign-in says."""
    return await browser.post("/sign-in", data={"name": name, "password": password, **more})


async def signed_in(browser: httpx.AsyncClient, name: str, password: str = PASSWORD) -> httpx.AsyncClient:
    """The same browser, once it is in."""
    answer = await sign_in(browser, name, password)
    assert 303 == answer.status_code, answer.text
    return browser


async def token_of(browser: httpx.AsyncClient, path: str = "/") -> str:
    """The token of this session, as its pages have it."""
    return csrf_in((await browser.get(path)).text)


def csrf_in(page: str) -> str:
    """The token that a page has."""
    found = re.search(r'name="csrf" (?:content|value)="([0-9a-f]+)"', page)
    assert found is not None, page
    return found[1]


async def post(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """A form of a page of this session."""
    return await browser.post(path, data={"csrf": await token_of(browser, "/account"), **fields})
