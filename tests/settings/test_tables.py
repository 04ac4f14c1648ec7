"""Tables within tables: read, refused and described like every other setting."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, ClassVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from waitroom.errors import SettingsError
from waitroom.settings import RoomSettings, Settings
from waitroom.settings.kinds import Allowed, AtLeastASecond, ByName, Frozen, PathPattern, WholeNumber, broken
from waitroom.settings.loading import load_as
from waitroom.settings.manual import describe, manual

Write = Callable[[str], Path]


class _Table(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Adaptive(_Table):
    """Finds what the shop can carry.

    Between ``least`` and ``most``.
    """

    least: Annotated[WholeNumber, Allowed("a whole number")] = Field(default=1, description="The least.")
    most: Annotated[WholeNumber, Allowed("a whole number")] = Field(default=9, description="The most.")
    every: AtLeastASecond = Field(default=90.0, description="How often.")
    on: Annotated[bool, Allowed("true or false")] = Field(default=False, description="Whether it is on.")

    @model_validator(mode="after")
    def _in_order(self) -> Adaptive:
        if self.least > self.most:
            raise broken("must not have a least above its most")
        return self


class Lane(_Table):
    """One line within the room."""

    weight: Annotated[WholeNumber, Allowed("a whole number")] = Field(default=1, description="Its share.")
    codes: Annotated[tuple[str, ...], Allowed("a list of texts")] = Field(default=(), description="Codes.")


class Step(_Table):
    """One change of the rate."""

    rate: Annotated[WholeNumber, Allowed("a whole number")] = Field(description="The rate from then on.")


class Event(_Table):
    """One sale."""

    starts: Annotated[str, Allowed("a time")] = Field(description="When it begins.")
    steps: Annotated[tuple[Step, ...], Allowed("tables")] = Field(default=(), description="What comes then.")


class Webhook(_Table):
    """Passes by its signature."""

    key: Annotated[SecretStr, Field(min_length=8), Allowed("at least 8 characters")] = Field(
        description="Signs it."
    )
    paths: Annotated[tuple[PathPattern, ...], Allowed("a list of paths")] = Field(
        default=(), description="P."
    )


class Room(RoomSettings):
    """A room with tables."""

    gauge: Annotated[Adaptive | None, Allowed("a table")] = Field(default=None, description="Adaptive.")
    tiers: Annotated[
        Mapping[Annotated[str, Field(pattern="^[a-z-]+$")], Lane], Frozen, Allowed("tables with names of a-z")
    ] = Field(default={"general": Lane(weight=5)}, description="Lanes.")
    sales: Annotated[tuple[Event, ...], Allowed("tables")] = Field(default=(), description="Sales.")


class Site(Settings):
    """A site with tables."""

    rooms: tuple[Room, ...] = Field(default=(Room(name="main"),))
    wires: tuple[Webhook, ...] = Field(default=(), description="Call-backs.")
    shape: Adaptive = Field(default=Adaptive(least=2), description="Shaping.")


FULL = """
[shape]
most = 20

[[wires]]
key = "hunter2-hunter2"
paths = ["/a"]

[[wires]]
key = "hunter3-hunter3"

[[rooms]]
name = "drop"

[rooms.gauge]
most = 5
every = "2m"

[rooms.tiers.members]
weight = 3

[rooms.tiers.early-access]
codes = ["x"]

[[rooms.sales]]
starts = "now"
[[rooms.sales.steps]]
rate = 1
[[rooms.sales.steps]]
rate = 2

[[rooms.sales]]
starts = "then"

[[rooms]]
name = "other"
paths = ["/other"]
"""


@pytest.fixture
def read(write: Write) -> Callable[..., Site]:
    """The settings of a file with that text, and of that environment."""
    return lambda text, **environ: load_as(Site, write(text), environ=environ, overrides={})


@pytest.fixture
def refused(read: Callable[..., Site]) -> Callable[..., list[str]]:
    """The lines by which they are refused."""

    def lines(text: str, **environ: str) -> list[str]:
        with pytest.raises(SettingsError) as error:
            read(text, **environ)
        return str(error.value).splitlines()

    return lines


Read = Callable[..., Site]
Refused = Callable[..., list[str]]


def test_tables_of_every_kind(read: Read) -> None:
    """A table, tables by name, arrays of tables and tables in those are read from the file."""
    site = read(FULL)
    drop, other = site.rooms
    assert Adaptive(most=5, every=120.0) == drop.gauge
    assert {"members": Lane(weight=3), "early-access": Lane(codes=("x",))} == drop.tiers
    assert (Event(starts="now", steps=(Step(rate=1), Step(rate=2))), Event(starts="then")) == drop.sales
    assert (None, {"general": Lane(weight=5)}, ()) == (other.gauge, other.tiers, other.sales)
    assert (Adaptive(most=20), 2) == (site.shape, len(site.wires))


def test_settings_with_tables_can_be_hashed(read: Read) -> None:
    """Tables by name are hashed like the rest, and can be written out again."""
    assert hash(read(FULL)) == hash(read(FULL))
    assert isinstance(read(FULL).rooms[0].tiers, ByName)
    assert Room(name="a") == Room.model_validate_json(Room(name="a").model_dump_json())


def test_the_environment_reaches_into_tables(read: Read) -> None:
    """A variable names its way by settings, numbers and names, and lies over what the file says."""
    site = read(
        FULL,
        WAITROOM_SHAPE__LEAST="4",
        WAITROOM_WIRES__1__PATHS="/b,/c",
        WAITROOM_WIRES__2__KEY="key,with,commas",
        WAITROOM_ROOMS__0__GAUGE__MOST="600",
        WAITROOM_ROOMS__0__TIERS__EARLY_ACCESS__WEIGHT="7",
        WAITROOM_ROOMS__0__TIERS__staff="{}",
        WAITROOM_ROOMS__0__SALES__0__STEPS__1__RATE="3",
        WAITROOM_ROOMS__1__GAUGE__ON="true",
    )
    drop, other = site.rooms
    assert Adaptive(least=4, most=20) == site.shape
    assert [("/a",), ("/b", "/c"), ()] == [webhook.paths for webhook in site.wires]
    assert site.wires[2].key.get_secret_value() == "key,with,commas"
    assert Adaptive(most=600, every=120.0) == drop.gauge
    assert {
        "members": Lane(weight=3),
        "early-access": Lane(weight=7, codes=("x",)),
        "staff": Lane(),
    } == drop.tiers
    assert (Step(rate=1), Step(rate=3)) == drop.sales[0].steps
    assert Adaptive(on=True) == other.gauge


def test_the_environment_alone(read: Read) -> None:
    """Without a file, variables add to the defaults and count lists up, past number 9 too."""
    wires = {f"WAITROOM_WIRES__{number}__KEY": f"webhook-{number}" for number in range(12)}
    site = read(
        "",
        WAITROOM_SHAPE__MOST="3",
        WAITROOM_ROOMS__0__TIERS__MEMBERS__WEIGHT="2",
        WAITROOM_ROOMS__1__NAME="second",
        WAITROOM_ROOMS__1__PATHS="/second",
        **wires,
    )
    assert Adaptive(least=2, most=3) == site.shape
    assert (
        Room(name="main", tiers={"general": Lane(weight=5), "members": Lane(weight=2)}),
        Room(name="second", paths=("/second",)),
    ) == site.rooms
    assert list(wires.values()) == [webhook.key.get_secret_value() for webhook in site.wires]


def test_whole_tables_in_the_environment(read: Read) -> None:
    """JSON replaces a whole table or list of tables; single variables lie over it."""
    site = read(
        FULL,
        WAITROOM_SHAPE='{"least": 3}',
        WAITROOM_ROOMS__0__SALES='[{"starts": "later"}]',
        WAITROOM_ROOMS__0__SALES__0__STEPS='[{"rate": 8}]',
        WAITROOM_ROOMS__0__TIERS='{"members": {"weight": 4}}',
        WAITROOM_WIRES__0='{"key": "a-new-key"}',
    )
    assert Adaptive(least=3) == site.shape
    assert (Event(starts="later", steps=(Step(rate=8),)),) == site.rooms[0].sales
    assert {"members": Lane(weight=4)} == site.rooms[0].tiers
    assert [(), ()] == [webhook.paths for webhook in site.wires]


def test_what_is_wrong_is_told_with_its_path(refused: Refused) -> None:
    """Each line names the whole way and the line of the file; secrets are not shown in any table."""
    assert refused("""\
[shape]
most = "many"
[[wires]]
key = "hunter2"
[[wires]]
paths = ["/a", "b"]
[[rooms]]
name = "drop"
[rooms.gauge]
least = 8
most = 5
[rooms.tiers.members]
weight = "x"
[rooms.tiers.Members]
[[rooms.sales]]
starts = "now"
[[rooms.sales.steps]]
rate = 1
[[rooms.sales.steps]]
rates = 1
[[rooms]]
name = "other"
gauge = 5
""") == [
        'waitroom.toml:2: shape.most: given "many"; allowed: a whole number',
        "waitroom.toml:4: wires[0].key: given a secret of 7 characters; allowed: at least 8 characters",
        "waitroom.toml:5: wires[1].key: must be set; allowed: at least 8 characters",
        'waitroom.toml:6: wires[1].paths[1]: given "b"; allowed: a list of paths',
        'waitroom.toml:9: rooms[0].gauge (room "drop"): must not have a least above its most',
        'waitroom.toml:13: rooms[0].tiers.members.weight (room "drop"): given "x"; allowed: a whole number',
        'waitroom.toml:14: rooms[0].tiers.Members (room "drop"): given the name "Members"; '
        "allowed: tables with names of a-z",
        'waitroom.toml:19: rooms[0].sales[0].steps[1].rate (room "drop"): must be set; '
        "allowed: a whole number",
        'waitroom.toml:20: rooms[0].sales[0].steps[1].rates (room "drop"): unknown setting; '
        'did you mean "rate"?',
        'waitroom.toml:23: rooms[1].gauge (room "other"): given 5; allowed: a table',
    ]


def test_what_is_wrong_in_the_environment(refused: Refused) -> None:
    """A wrong variable is told by its name, whatever the file says of the same table."""
    assert refused(
        FULL,
        WAITROOM_PORT__X="1",
        WAITROOM_ROOMS__0__GAUGE__MSOT="1",
        WAITROOM_ROOMS__0__GAUGE__RATE="1",
        WAITROOM_ROOMS__0__SALES__0__STEPS__0__RATE="x",
        WAITROOM_ROOMS__0__SALES__5__STARTS="x",
        WAITROOM_ROOMS__0__SALES__STARTS="x",
        WAITROOM_ROOMS__0__TIERS="members",
        WAITROOM_SHAPE="[}",
        WAITROOM_SHAPEE__MOST="1",
        WAITROOM_WIRES__0__PATHS="/a,b",
        WAITROOM_WIRES__0__PATHS__5="/a",
    ) == [
        'WAITROOM_ROOMS__0__GAUGE__MSOT: rooms[0].gauge.msot (room "drop"): unknown setting; '
        "did you mean WAITROOM_ROOMS__0__GAUGE__MOST?",
        'WAITROOM_ROOMS__0__GAUGE__RATE: rooms[0].gauge.rate (room "drop"): unknown setting; '
        "did you mean WAITROOM_ROOMS__0__RATE?",
        'WAITROOM_ROOMS__0__SALES__0__STEPS__0__RATE: rooms[0].sales[0].steps[0].rate (room "drop"): '
        'given "x"; allowed: a whole number',
        'WAITROOM_ROOMS__0__TIERS: rooms[0].tiers (room "drop"): given "members"; '
        "allowed: tables with names of a-z",
        'WAITROOM_SHAPE: shape: given "[}"; allowed: a table of settings',
        "WAITROOM_SHAPEE__MOST: shapee: unknown setting; did you mean WAITROOM_SHAPE?",
        'WAITROOM_WIRES__0__PATHS: wires[0].paths[1]: given "b"; allowed: a list of paths',
        "WAITROOM_PORT__X: unknown setting; WAITROOM_PORT is no table",
        "WAITROOM_ROOMS__0__SALES__STARTS: unknown setting; after WAITROOM_ROOMS__0__SALES comes a number, "
        "as in WAITROOM_ROOMS__0__SALES__0",
        "WAITROOM_ROOMS__0__SALES__5__STARTS: there is no rooms[0].sales[5]; they are counted from 0",
        "WAITROOM_WIRES__0__PATHS__5: there is no wires[0].paths[5]; they are counted from 0",
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[shape]\nport = 1", "it belongs above [shape]"),
        ('[[rooms]]\nname = "a"\n[rooms.gauge]\nrate = 1', "it belongs above [rooms.gauge]"),
        ('[[rooms]]\nname = "a"\n[rooms.gauge]\nport = 1', "it belongs above the first [[rooms]]"),
        ('[[rooms]]\nname = "a"\n[rooms.tiers.b]\nstarts = 1', "it belongs under [[rooms.sales]]"),
        ("starts = 1", "it belongs under [[rooms.sales]]"),
        ("paths = []", "it belongs under [[rooms]] or [[bypass]] or [[webhooks]] or [[wires]]"),
        ("[shape]\nmots = 1", 'did you mean "most"?'),
        ("[shape]\nzzzz = 1", "known are least, most, every, on"),
    ],
)
def test_where_a_setting_belongs(text: str, hint: str, refused: Refused) -> None:
    """An unknown setting of a table is told where it belongs, or what was probably meant."""
    assert hint in [line.partition("unknown setting; ")[2] for line in refused(text)]


def test_rooms_with_tables_are_still_compared(refused: Refused) -> None:
    """Two rooms for the same paths are refused beside other problems, with tables in them too."""
    rooms = [{"name": "a", "tiers": {"x": {}}}, {"name": "b", "gauge": {}}]
    lines = refused("port = -1", WAITROOM_ROOMS=json.dumps(rooms))
    assert any('rooms[1].paths (room "b"): room "a" covers the same already' in line for line in lines)


def test_the_manual_of_tables() -> None:
    """Each table has a heading as in the file, its docstring, and its settings below."""
    text = "\n".join(describe(Room, ("rooms", 0), "[[rooms]]"))
    assert "| `gauge` |  | a table | Adaptive. |" in text
    assert (
        """
### `[rooms.gauge]`

Finds what the shop can carry.

Between `least` and `most`.

| setting | default | allowed | |
| --- | --- | --- | --- |
| `least` | `1` | a whole number | The least. |
| `most` | `9` | a whole number | The most. |
| `every` | `"1m30s"` | a duration from "1s" to "365d", such as "10m" | How often. |
| `on` | `false` | true or false | Whether it is on. |

### `[rooms.tiers.NAME]`

One line within the room.
"""
        in text
    )
    of_every_room = manual().splitlines()
    headings = [line for line in text.splitlines() if line.startswith("#") and line not in of_every_room]
    assert [
        "### `[rooms.gauge]`",
        "### `[rooms.tiers.NAME]`",
        "### `[[rooms.sales]]`",
        "### `[[rooms.sales.steps]]`",
    ] == headings
