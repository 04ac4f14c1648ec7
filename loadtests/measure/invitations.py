"""How fast are invitations minted and redeemed, and what does Redis keep of them?"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from loadtests.measure.report import Result
from loadtests.measure.servers import redis_server
from waitroom.invitations.bulk import LINK_COLUMNS, Guests, write_codes, write_links
from waitroom.invitations.ledger import Ledger
from waitroom.invitations.members_file import MembersFile
from waitroom.invitations.minting import Inviter, Links, Terms
from waitroom.line.keys import redeem_keys
from waitroom.line.lane import Lane
from waitroom.line.memory import GENERAL, Memory
from waitroom.line.redeeming import NO_TICKET, Entitlement
from waitroom.line.rules import Mode, Rules
from waitroom.line.store import LineStore
from waitroom.settings import RoomSettings
from waitroom.shaping.codes import CodeDigests

LINKS, CODES, REDEEMED, AT_ONCE = 1_000_000, 200_000, 50_000, 64
SECRETS = ("a secret for measurements",)
ROOM = RoomSettings.model_validate(
    {"name": "drop", "hosts": ["shop.example"], "lanes": {"members": {"weight": 3}}}
)
ENDS = int(time.time()) + 86_400


def measure() -> list[Result]:
    """Minting from a file of members, codes into Redis, and members who come."""
    links, bytes_each = _links()
    with redis_server() as redis:
        codes, code_bytes = asyncio.run(_codes(redis.url))
        redeems, again, holder_bytes = asyncio.run(_redeem(redis.url))
    return [
        Result(
            what=f"{LINKS:,} invitation links from a CSV file of members",
            target="reported",
            measured=f"{LINKS / links:.1f} s, {links:,.0f} a second",
            passed=None,
            how=f"One process: the file is checked whole, then each row signed and written ({bytes_each:.0f} bytes).",
            details={"links_per_second": round(links)},
        ),
        Result(
            what="codes minted, and Redis memory for each",
            target="reported",
            measured=f"{codes:,.0f} a second, {code_bytes:.0f} bytes",
            passed=None,
            how=f"{CODES:,} codes of one batch, kept 1,000 at a time; MEMORY USAGE of the batch.",
            details={"codes_per_second": round(codes), "bytes_per_code": round(code_bytes, 1)},
        ),
        Result(
            what="invitations redeemed a second, by one worker, and Redis memory for each",
            target="reported",
            measured=f"{redeems:,.0f} new places, {again:,.0f} told of the one they have; {holder_bytes:.0f} bytes",
            passed=None,
            how=f"{REDEEMED:,} members, {AT_ONCE} at a time; those who come together share one call of redeem.lua. "
            "Mode pause. MEMORY USAGE of what is kept of holders and uses.",
            details={"new_per_second": round(redeems), "bytes_per_holder": round(holder_bytes, 1)},
        ),
    ]


def _links() -> tuple[float, float]:
    """Links a second, and bytes of each row."""
    with tempfile.TemporaryDirectory() as folder:
        members, out = Path(folder) / "members.csv", Path(folder) / "links.csv"
        members.write_text("member\n" + "".join(f"{number}\n" for number in range(LINKS)))
        inviter, links = Inviter("drop", SECRETS), Links(ROOM, SECRETS)
        begun = time.perf_counter()
        guests = Guests(MembersFile(members, made=LINK_COLUMNS))
        write_links(inviter, links, Terms("members", 1, 0, ENDS), guests, out, lambda _: None)
        return LINKS / (time.perf_counter() - begun), out.stat().st_size / LINKS


async def _codes(url: str) -> tuple[float, float]:
    """Codes a second, and bytes of Redis for each."""
    redis = Redis.from_url(url)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        batch = await write_codes(
            Inviter("drop", SECRETS),
            Terms("members", 1, 0, ENDS),
            Guests(CODES),
            Path(folder) / "codes.csv",
            lambda _: None,
            ledger=Ledger(redis, "drop", SECRETS),
            digests=CodeDigests("drop", SECRETS),
            now=time.time(),
        )
        seconds = time.perf_counter() - begun
    with BlockingRedis.from_url(url) as client:
        (key,) = [key for key in client.scan_iter(match=f"*{batch}") if b":codes:" in key]
        used = client.memory_usage(key, samples=0)
    await redis.aclose()
    assert used is not None
    return CODES / seconds, used / CODES


async def _redeem(url: str) -> tuple[float, float, float]:
    """Redemptions a second, new and again, and bytes of Redis for each holder."""
    redis = Redis.from_url(url)
    store = LineStore(redis, "drop", "members", Memory((GENERAL, "members")))
    await store.configure(Rules(mode=Mode.PAUSE).to_redis(), source="file", who="measurement")
    inviter, terms = Inviter("drop", SECRETS), Terms("members", 1, 0, ENDS)
    invited = [inviter.invitation(terms, "abcdefgh", number, f"m{number}") for number in range(REDEEMED)]
    rights = [Entitlement(each.lane, each.holder, each.id, each.uses, each.ends) for each in invited]

    lane = Lane(store)

    async def one_after_the_other(some: list[Entitlement]) -> None:
        for right in some:
            await lane.redeem(right, NO_TICKET)

    async def all_of_them() -> float:
        begun = time.perf_counter()
        await asyncio.gather(*(one_after_the_other(rights[at::AT_ONCE]) for at in range(AT_ONCE)))
        return REDEEMED / (time.perf_counter() - begun)

    new, again = await all_of_them(), await all_of_them()
    with BlockingRedis.from_url(url) as client:
        used = sum(client.memory_usage(key, samples=0) or 0 for key in redeem_keys("drop"))
    await redis.aclose()
    return new, again, used / REDEEMED
