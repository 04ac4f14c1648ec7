"""``waitroom user``: lets a person into the console, also where no admin can sign in any more."""

from __future__ import annotations

import asyncio
from contextlib import closing

from admin.audit.entry import Draft, Outcome
from admin.audit.log import AuditLog
from admin.auth.people import People
from admin.auth.roles import Role
from admin.auth.user import UserError
from admin.store import Store
from waitroom.cli.line import who_asks
from waitroom.errors import SettingsError
from waitroom.settings import Settings, resolve_secret


def make_link(settings: Settings, name: str, role: Role | None, *, without_codes: bool) -> str:
    """A one-time link by which a user chooses a password. Who is new gets that role; who is there keeps theirs.

    ``without_codes`` turns their authenticator app off. Raises :class:`~waitroom.errors.SettingsError`.
    """
    with closing(Store(settings.data_dir)) as store:
        people = People.of(settings.sign_in, store, resolve_secret(settings))
        log = AuditLog(store)
        try:
            path = asyncio.run(_path(people, log, name, role, without_codes=without_codes))
        except UserError as error:
            raise SettingsError(str(error)) from None
    host = f"[{settings.admin_host}]" if ":" in settings.admin_host else settings.admin_host
    return (settings.sign_in.address or f"http://{host}:{settings.admin_port}") + path


async def _path(people: People, log: AuditLog, name: str, role: Role | None, *, without_codes: bool) -> str:
    who = who_asks()
    user = await people.users.named(name)
    if user is None:
        if role is None:
            raise SettingsError(f"there is no user {name!r}; to invite somebody new, say their --role")
        user = await people.users.invite(name, role, made_by=who)
        await log.add(Draft(who, "inviteUser", Outcome.DONE, user.name, after={"role": role.value}))
    if without_codes and user.has_totp:
        await people.users.set_totp(user.id, None)
        await log.add(Draft(who, "turnOffUserCodes", Outcome.DONE, user.name))
    path = await people.links.make(user.id, made_by=who)
    await log.add(Draft(who, "makeUserLink", Outcome.DONE, user.name))
    return path
