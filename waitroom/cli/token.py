"""``waitroom token``: lets a program into the console's API."""

from __future__ import annotations

from contextlib import closing

from admin.audit.entry import Draft, Outcome
from admin.audit.log import AuditLog
from admin.auth.roles import Role
from admin.auth.tokens import Tokens
from admin.store import Store
from waitroom.cli.line import who_asks
from waitroom.cli.options import some_duration
from waitroom.settings import Settings

_FOR_EVER = "never"


def make_token(settings: Settings, role: Role, expires: str, label: str) -> str:
    """A new token of that role. A console that runs with the same ``data_dir`` knows it at once."""
    seconds = None if expires == _FOR_EVER else some_duration(expires)
    with closing(Store(settings.data_dir)) as store:
        who = who_asks()
        held = Tokens(store).make(role, label=label, made_by=who, seconds=seconds)
        made = Draft(who, "makeToken", Outcome.DONE, label, after={"role": role.value, "ends after": expires})
        AuditLog(store).add_now(made)
        return held
