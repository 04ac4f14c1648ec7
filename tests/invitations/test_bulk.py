"""Invitations in bulk: the file is whole or not there, and what it says is what was minted."""

from __future__ import annotations

import csv
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from waitroom.errors import LineUnavailableError
from waitroom.invitations.bulk import LINK_COLUMNS, Guests, OutFileError, write_codes, write_links
from waitroom.invitations.keys import batches_key
from waitroom.invitations.ledger import Ledger
from waitroom.invitations.members_file import MembersFile
from waitroom.invitations.minting import Inviter, Links, Terms
from waitroom.settings import RoomSettings
from waitroom.shaping.codes import CodeDigests
from waitroom.shaping.invitation import Seal
from waitroom.shaping.members import MemberError, Members

SECRETS = ("the secret of the shop",)
ROOM = RoomSettings(name="drop", hosts=("shop.example",))
NOW = time.time()
TERMS = Terms("members", 1, 0, int(NOW) + 3600)
INVITER, LINKS = Inviter("drop", SECRETS), Links(ROOM, SECRETS)


def mint(guests: Guests, out: Path) -> list[int]:
    """Writes links, and returns what was told of the progress."""
    told: list[int] = []
    write_links(INVITER, LINKS, TERMS, guests, out, told.append)
    return told


def rows(out: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """What a file says."""
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def names(folder: Path) -> list[str]:
    """What a folder holds."""
    return [path.name for path in folder.iterdir()]


class Failing(Guests):
    """Guests of whom the second thousand cannot be read."""

    def __iter__(self) -> Iterator[tuple[str | None, list[str]]]:
        for number in range(1500):
            yield f"m{number}", [f"m{number}"]
        raise MemberError("the member is gone")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_came_in_goes_out(tmp_path: Path, delimiter: str) -> None:
    """Every column and cell as it was, however it is spelled, in the same delimiter; the new ones behind them."""
    given = [["1", "Zoë\nÅsa"], [" 2 ", 'a "quoted", c; d\te'], ["3", ""]]
    with (tmp_path / "members.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([["Member", "näme"], *given])
    mint(Guests(MembersFile(tmp_path / "members.csv", made=LINK_COLUMNS)), tmp_path / "out.csv")
    found = rows(tmp_path / "out.csv", delimiter)
    assert ["Member", "näme", "invitation", "link", "expires"] == list(found[0])
    assert given == [[row["Member"], row["näme"]] for row in found]
    for row in found:
        said = Seal(SECRETS).read(row["link"].partition("?i=")[2])
        assert Members("drop", SECRETS).holder(row["Member"]) == said.holder
        assert row["invitation"] == said.id
        assert time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(said.ends)) == row["expires"]


def test_a_hundred_thousand(tmp_path: Path) -> None:
    """Each with an id and a link of its own, and the progress told on the way."""
    (tmp_path / "members.csv").write_text("member\n" + "".join(f"{number}\n" for number in range(100_000)))
    told = mint(Guests(MembersFile(tmp_path / "members.csv", made=LINK_COLUMNS)), tmp_path / "out.csv")
    assert (100_000, 101) == (sum(told), len(told))
    found = rows(tmp_path / "out.csv")
    assert 100_000 == len({row["link"] for row in found}) == len({row["invitation"] for row in found})


def test_a_file_is_its_owner_s_and_never_written_over(tmp_path: Path) -> None:
    """Links open doors; and those that were sent should not be lost."""
    out = tmp_path / "out.csv"
    mint(Guests(2), out)
    before = out.read_bytes()
    assert 0o600 == stat.S_IMODE(out.stat().st_mode)
    with pytest.raises(OutFileError, match="exists already"):
        mint(Guests(2), out)
    assert before == out.read_bytes()


def test_half_a_file_is_none(tmp_path: Path) -> None:
    """Where minting fails nothing is left behind, whatever it was."""
    with pytest.raises(MemberError):
        mint(Failing(2000), tmp_path / "out.csv")
    assert [] == list(tmp_path.iterdir())
    with pytest.raises(OutFileError, match="cannot be written"):
        mint(Guests(2), tmp_path / "none" / "out.csv")


async def codes(guests: Guests, out: Path, redis: Redis) -> str:
    """Writes codes."""
    ledger, digests = Ledger(redis, "drop", SECRETS), CodeDigests("drop", SECRETS)
    return await write_codes(
        INVITER, TERMS, guests, out, lambda _: None, ledger=ledger, digests=digests, now=NOW
    )


@pytest.mark.anyio
async def test_every_code_of_the_file_counts(tmp_path: Path, redis: Redis) -> None:
    """As the invitation that the file names."""
    await codes(Guests(2500), tmp_path / "out.csv", redis)
    found = rows(tmp_path / "out.csv")
    assert 2500 == len({row["code"] for row in found})
    ledger = Ledger(redis, "drop", SECRETS)
    for row in (found[0], found[999], found[1000], found[-1]):
        assert row["invitation"] == (await ledger.find(row["code"], NOW)).id


@pytest.mark.anyio
async def test_no_code_counts_that_is_in_no_file(tmp_path: Path, redis: Redis) -> None:
    """Where minting fails half-way, Redis keeps none; where Redis is away, there is no file."""
    with pytest.raises(MemberError):
        await codes(Failing(2000), tmp_path / "out.csv", redis)
    assert [] == await redis.keys("*{drop}*")
    await codes(Guests(1), tmp_path / "there.csv", redis)
    with pytest.raises(OutFileError):
        await codes(Guests(1), tmp_path / "there.csv", redis)
    assert 1 == await redis.hlen(batches_key("drop"))
    with pytest.raises(LineUnavailableError):
        await codes(Guests(1), tmp_path / "out.csv", Redis.from_url("unix:///nowhere"))
    assert ["there.csv"] == names(tmp_path)
