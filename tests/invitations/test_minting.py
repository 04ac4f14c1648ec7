"""Minting by the library call, as a shop's mailer uses it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from waitroom.errors import SettingsError
from waitroom.invitations import MemberError, MintingError, mint
from waitroom.settings import Settings
from waitroom.settings.loading import load
from waitroom.shaping.invitation import Invitation, Seal
from waitroom.shaping.members import Members

SECRET = "the secret of the shop"
CONFIG = f"""
secret = "{SECRET}"
[[rooms]]
name = "drop"
hosts = ["shop.example"]
paths = ["/drop/*"]
[rooms.lanes.members]
weight = 3
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A gateway's configuration."""
    path = tmp_path / "waitroom.toml"
    path.write_text(CONFIG)
    return path


def opened(link: str) -> Invitation:
    """What a link says."""
    return Seal([SECRET]).read(parse_qs(urlsplit(link).query)["i"][0])


def test_each_member_gets_a_link(config: Path) -> None:
    """For the lane, for a week, for one place; nobody's key can be read in it."""
    anna, ben = mint(config, lane="members", members=["anna@shop.example", "ben"])
    assert ("anna@shop.example", "ben") == (anna.member, ben.member)
    assert anna.link.startswith("https://shop.example/__waitroom/drop/enter?i=")
    assert "anna" not in anna.link
    said = opened(anna.link)
    assert ("drop", "members", anna.id, 1, 0) == (said.room, said.lane, said.id, said.uses, said.begins)
    assert Members("drop", [SECRET]).holder("anna@shop.example") == said.holder
    assert 7 * 86_400 - 60 < said.ends - time.time() <= 7 * 86_400
    assert (said.batch, f"{said.batch}-2") == (opened(ben.link).batch, ben.id)


def test_whoever_gets_it(config: Path) -> None:
    """So many links for nobody in particular, each for several, to a page of the shop, between two moments."""
    begins = datetime.now(UTC) + timedelta(hours=1)
    minted = list(
        mint(
            load(config),
            room="drop",
            lane="members",
            count=3,
            uses=20,
            begins=begins,
            expires=begins + timedelta(days=1),
            base="http://127.0.0.1:8000/",
            to="/drop/shoes?size=42&colour=rød",
        )
    )
    assert [None] * 3 == [each.member for each in minted]
    assert 3 == len({each.link for each in minted})
    assert minted[0].link.startswith("http://127.0.0.1:8000/__waitroom/drop/enter?i=")
    assert ["/drop/shoes?size=42&colour=rød"] == parse_qs(urlsplit(minted[0].link).query)["to"]
    said = opened(minted[0].link)
    assert ("", 20, int(begins.timestamp())) == (said.holder, said.uses, said.begins)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"uses": -1}, "uses: -1 was given"),
        ({"uses": 0}, "uses: 0 .any number. is for members only"),
        ({"expires": timedelta(0)}, "must end in the future"),
        ({"expires": timedelta(days=400)}, "within a year"),
        ({"expires": datetime(2026, 5, 1, 10)}, "has no time zone"),  # noqa: DTZ001
        ({"begins": datetime(2120, 1, 1, tzinfo=UTC)}, "must begin before it expires"),
        ({"base": "shop.example"}, "base: 'shop.example' was given"),
        ({"base": "https://shop.example/drop"}, "allowed is an address without a path"),
        ({"to": "//evil.example"}, "to: '//evil.example' was given"),
        ({"to": "https://evil.example"}, "allowed is a path of the shop"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(config: Path, options: dict[str, object], complaint: str) -> None:
    """With what was given and what is allowed."""
    with pytest.raises(MintingError, match=complaint):
        list(mint(config, lane="members", **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("members", [[""], ["anna", "  "], ["x" * 201]])
def test_an_empty_member_is_not_whoever_gets_it(config: Path, members: list[str]) -> None:
    """A gap in the shop's data must not become a link that anybody may use."""
    with pytest.raises(MemberError):
        list(mint(config, lane="members", members=members))


def test_a_room_and_a_lane_that_there_are(config: Path) -> None:
    """Others are named, with those that there are."""
    with pytest.raises(SettingsError, match="no lane 'vip'; its lanes are general, members"):
        mint(config, lane="vip")
    with pytest.raises(SettingsError, match="no room 'shop'; the rooms are drop"):
        mint(config, room="shop", lane="members")
    config.write_text(CONFIG + '[[rooms]]\nname = "other"\nhosts = ["other.example"]\n')
    with pytest.raises(SettingsError, match="say which room; the rooms are drop, other"):
        mint(config, lane="members")


def test_no_secret_is_made_for_it(tmp_path: Path) -> None:
    """Links that no gateway would believe are not minted: the gateway's own secret must be there."""
    settings = Settings.model_validate({"data_dir": tmp_path / "data", "rooms": [{"name": "drop"}]})
    with pytest.raises(SettingsError, match="there is no secret yet in"):
        mint(settings, lane="general", base="https://shop.example")
    assert [] == list(tmp_path.iterdir())


def test_it_hands_out_one_by_one(config: Path) -> None:
    """Members may come from a database's cursor: nothing is held but the one in hand."""

    def endless() -> object:
        number = 0
        while True:
            yield str(number)
            number += 1

    assert 5 == len(list(islice(mint(config, lane="members", members=endless()), 5)))  # type: ignore[arg-type]
