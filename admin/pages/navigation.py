"""Where the pages stand in the navigation. A page appears there as soon as a route has its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.routing import NoMatchFound

from admin.auth.roles import Role


@dataclass(frozen=True, slots=True)
class Link:
    """A page that may be there."""

    label: str
    route: str
    """The name of its route."""
    icon: str = ""
    """Of ``templates/admin/icons.svg``."""
    role: Role = Role.VIEWER
    """Who has less is not shown the link; the route refuses them anyway."""


@dataclass(frozen=True, slots=True)
class Place:
    """A link that is shown."""

    label: str
    url: str
    icon: str
    is_here: bool


SITE = (
    Link("Rooms", "rooms", "rooms"),
    Link("Support desk", "support", "support"),
    Link("Rehearsals", "rehearsals", "rehearsal", Role.OPERATOR),
    Link("Alerts", "alerts", "alert"),
    Link("Audit log", "audit", "audit", Role.ADMIN),
    Link("Access", "access", "access", Role.ADMIN),
)
"""Pages of the site."""
ROOM = (
    Link("Now", "room"),
    Link("Schedule", "room-schedule"),
    Link("Lanes", "room-lanes"),
    Link("Message", "room-message"),
    Link("Preview", "room-preview"),
    Link("Feedback", "room-feedback"),
    Link("Invitations", "room-invitations", role=Role.OPERATOR),
    Link("Bypass", "room-bypass"),
    Link("Settings", "room-settings"),
    Link("Record", "room-events"),
)
"""Pages of one room; their routes take the parameter ``room``."""


def places(
    request: Request, links: Iterable[Link], role: Role, *, here: str, **params: str
) -> Iterator[Place]:
    """The links to pages that exist and that a role may see; ``here`` is the name of the page's own route."""
    for link in links:
        if role.allows(link.role):
            try:
                path = str(request.app.url_path_for(link.route, **params))
            except NoMatchFound:
                continue
            yield Place(link.label, path, link.icon, link.route == here)
