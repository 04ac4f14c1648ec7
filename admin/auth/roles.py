"""The three roles, each of which may do all that the one before it may."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do."""

    VIEWER = "viewer"
    """Look at everything that is not secret."""
    OPERATOR = "operator"
    """Change what is live: rates, modes, messages, places in line."""
    ADMIN = "admin"
    """Also who else may, and what cannot be undone."""

    def allows(self, needed: Role) -> bool:
        """Whether this role may do what ``needed`` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)
