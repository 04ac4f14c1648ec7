"""Who sent a request to the console."""

from __future__ import annotations

from dataclasses import dataclass

from admin.auth.roles import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or some program, that may use the console."""

    name: str
    """As the record and the audit log name them."""
    role: Role
    session: str = ""
    """The id of the sign-in, for a person; empty for a program with a token."""
    user_id: str = ""
    """Of a person; empty for a program."""
    token_id: str = ""
    """Of a program's token."""
    made_by: str = ""
    """Who made the token of a program; empty for a person."""

    @property
    def person(self) -> str:
        """Who answers for what is done: of a program, whoever made its token."""
        return self.made_by or self.name
