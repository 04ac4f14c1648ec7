"""What can be set about the traffic of those inside: how much the shop is given at once, and who comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from waitroom.settings.kinds import Allowed, AsDuration, Number, PathPattern, WholeNumber, broken

REST = "browse"
"""The class of requests that no other covers, where none is set."""
_SHARE = 0.1
_MOST_CLASSES = 20

_Rate = Annotated[
    Number, Field(ge=0, le=1_000_000), Allowed("a number from 0 to 1000000 (requests a minute; 0: no limit)")
]
_Burst = Annotated[WholeNumber, Field(ge=1, le=1_000_000), Allowed("a whole number from 1 to 1000000")]
_Part = Annotated[Number, Field(ge=0, le=1), Allowed("a number from 0 to 1")]


class ClassSettings(BaseModel):
    """A class of requests, such as search or checkout.

    The classes stand in the order of importance: under overload the first is served first. The most specific path
    decides, as for rooms; of one path, a class that names the method. A class without paths and methods is all the
    rest; without such a one, a class named `browse` comes last.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    name: Annotated[
        str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"), Allowed('1 to 40 of a-z, 0-9 and "-"')
    ] = Field(description="What the class is called.")
    paths: Annotated[
        tuple[PathPattern, ...],
        Allowed('a list of decoded paths that start with "/", with "*" only at the end, such as ["/pay/*"]'),
    ] = Field(default=(), description="The paths that it covers, written as those of a room. Left out: all.")
    methods: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Z][A-Z-]{0,19}$")], ...],
        Allowed('a list of HTTP methods in capitals, such as ["POST"]'),
    ] = Field(
        default=(), description="The methods that it covers; HEAD counts as GET, unless named. Left out: all."
    )
    share: _Part = Field(
        default=_SHARE,
        description="The part of the concurrency that the class can always have: it is served before more important "
        "ones while it holds less. All shares together, with that of the rest, are at most 1. "
        "0: it may starve.",
    )
    most: Annotated[Number, Field(gt=0, le=1), Allowed("a number above 0 and at most 1")] = Field(
        default=1.0,
        description="The part of the concurrency that the class never exceeds, so that slots are left for others. "
        "It may always hold one.",
    )
    counted: Annotated[bool, Allowed("true or false")] = Field(
        default=True,
        description="Whether its requests count at all. Set to false for long polls, which wait at the shop by "
        "design: they take no slot and never wait for one.",
    )

    @field_validator("most")
    @classmethod
    def _at_least_its_share(cls, most: float, info: ValidationInfo) -> float:
        if most < info.data.get("share", 0):
            raise broken(f"must not be below share ({info.data['share']:g})")
        return most

    @property
    def is_rest(self) -> bool:
        """Whether it covers whatever no other class does."""
        return not self.methods and set(self.paths) <= {"/*"}

    def covers(self) -> frozenset[tuple[str, str]]:
        """Return every method and path pattern that the class covers; ``"*"`` is any method, ``"/*"`` any path."""
        paths = {path.lower() for path in self.paths} or {"/*"}
        return frozenset((method, path) for method in self.methods or ("*",) for path in paths)


class ShapingSettings(BaseModel):
    """How much the shop is given at once, and what one visitor may ask of it: see [shaping](shaping.md).

    For the gateway as a whole, all rooms together. All of it is off as it comes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    concurrency: Annotated[
        WholeNumber, Field(ge=0, le=1_000_000), Allowed("a whole number from 0 to 1000000 (0: no limit)")
    ] = Field(
        default=0,
        description="Requests that the shop works on at once. Divided by the workers and rounded down, so at least "
        "as many as workers. 0: no limit.",
    )
    wait: Annotated[
        float, AsDuration, Field(ge=0, le=60), Allowed('a duration from "0s" to "1m", such as "2s"')
    ] = Field(
        default=2.0,
        description="How long a request waits in the gateway for a slot at the most. Beyond it: 503.",
    )
    queue: Annotated[
        WholeNumber, Field(ge=0, le=100_000), Allowed("a whole number from 0 to 100000 (0: nobody waits)")
    ] = Field(
        default=1000,
        description="Requests of a class that may wait in a worker at once. Beyond it: 503, and first for the visitor "
        "who has most of them.",
    )
    visitor_share: Annotated[Number, Field(gt=0, le=1), Allowed("a number above 0 and at most 1")] = Field(
        default=0.25,
        description="The part of the concurrency that one visitor may hold, rounded up; other requests of theirs "
        "wait. Whoever has no visit counts by address.",
    )
    visitor_rate: _Rate = Field(
        default=0.0,
        description="Requests a minute that one visitor may send to the shop in the long run, to each worker. "
        "Beyond it: 429. 0: no limit.",
    )
    visitor_burst: _Burst = Field(
        default=200,
        description="How many of them they may send at once: a page with everything in it, several times.",
    )
    address_rate: _Rate = Field(
        default=0.0,
        description="The same for requests that belong to no visit, of one IPv4 address or one IPv6 /64: those outside "
        "of all rooms, and parts of pages that are fetched without cookies. Mobile networks put thousands of people "
        "behind one address. 0: no limit.",
    )
    address_burst: _Burst = Field(default=2000, description="How many of those one address may send at once.")
    classes: Annotated[
        tuple[ClassSettings, ...],
        Field(max_length=_MOST_CLASSES),
        Allowed(
            f"up to {_MOST_CLASSES} classes, the most important first, each under a [[shaping.classes]] heading"
        ),
    ] = Field(default=(), description="Classes of requests. They matter only with concurrency.")

    @field_validator("classes")
    @classmethod
    def _apart(cls, classes: tuple[ClassSettings, ...]) -> tuple[ClassSettings, ...]:
        names: set[str] = set()
        covered: dict[tuple[str, str], str] = {}
        for each in with_rest(classes):
            if each.name in names:
                raise broken(f'two classes are named "{each.name}"')
            names.add(each.name)
            for what in sorted(each.covers()):
                other = covered.setdefault(what, each.name)
                if other != each.name:
                    raise broken(
                        f'classes "{other}" and "{each.name}" cover the same: {_words(*what)}; one must give way'
                    )
        shares = sum(each.share for each in with_rest(classes))
        if shares > 1 + 1e-9:
            raise broken(
                f"the shares of all classes add up to {shares:g}, more than 1{_and_the_rest(classes)}"
            )
        return classes


def with_rest(classes: Sequence[ClassSettings]) -> tuple[ClassSettings, ...]:
    """Return all classes in their order, with that of the rest."""
    if any(each.is_rest for each in classes):
        return tuple(classes)
    return (*classes, ClassSettings(name=REST))


def _words(method: str, path: str) -> str:
    return f"{'any method' if method == '*' else method}, {'any path' if path == '/*' else path}"


def _and_the_rest(classes: Sequence[ClassSettings]) -> str:
    given = any(each.is_rest for each in classes)
    return "" if given else f" (with {_SHARE:g} for all the rest, where no class is set for it)"
