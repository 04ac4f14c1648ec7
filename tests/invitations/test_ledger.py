"""What Redis keeps of codes and revocations."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from waitroom.errors import LineUnavailableError
from waitroom.invitations.keys import batches_key, codes_key, tries_key
from waitroom.invitations.ledger import (
    LONGEST_SECONDS,
    MAX_BATCHES,
    REMEMBERED_SECONDS,
    TRIES,
    TRIES_SECONDS,
    Batch,
    Kept,
    Ledger,
    LedgerError,
)
from waitroom.shaping.codes import CodeDigests, new_code, typed
from waitroom.shaping.invitation import Invitation, InvitationError, Refusal

pytestmark = pytest.mark.anyio

OLD, NEW = "the old secret of the shop", "the new secret of the shop"
NOW = 4_000_000_000.0
BATCH = Batch("abcdefgh", "members", 3, 0, int(NOW) + 3600)


@pytest.fixture
def ledger(redis: Redis) -> Ledger:
    """Of an empty Redis."""
    return Ledger(redis, "drop", [OLD])


async def keep(ledger: Ledger, codes: list[str], batch: Batch = BATCH, holder: str = "") -> None:
    """Keeps and publishes codes."""
    digests = CodeDigests("drop", [OLD])
    kept = [Kept(digests.newest(typed(code)), serial, holder) for serial, code in enumerate(codes, 1)]
    await ledger.keep(batch, kept)
    await ledger.publish(batch, NOW)


async def refusal(ledger: Ledger, text: str, now: float = NOW) -> Refusal:
    """Why a code is refused."""
    with pytest.raises(InvitationError) as refused:
        await ledger.find(text, now)
    return refused.value.refusal


async def test_a_code_stands_for_an_invitation(ledger: Ledger) -> None:
    """With all that its batch says, for a member where it was made for one."""
    first, second, bound = new_code(), new_code(), new_code()
    await keep(ledger, [first, second])
    await keep(ledger, [bound], Batch("bcdefghi", "vip", 1, 0, int(NOW) + 60), holder="anna")
    assert Invitation("drop", "members", "abcdefgh-2", "", 3, 0, BATCH.ends) == await ledger.find(second, NOW)
    assert Invitation("drop", "vip", "bcdefghi-1", "anna", 1, 0, int(NOW) + 60) == await ledger.find(
        bound, NOW
    )


async def test_no_code_is_kept_as_it_is(ledger: Ledger, redis: Redis) -> None:
    """Who reads Redis, or a copy of it, learns no code; and all of a batch is forgotten a week after its end."""
    code = new_code()
    await keep(ledger, [code])
    kept = await redis.hgetall(codes_key("drop", BATCH.name))
    assert not any(typed(code).encode() in field or code.encode() in field for field in kept)
    assert 0 < await redis.ttl(codes_key("drop", BATCH.name))


async def test_codes_count_once_they_are_published(ledger: Ledger) -> None:
    """A file that was not finished leaves no code that opens anything."""
    code = new_code()
    await ledger.keep(BATCH, [Kept(CodeDigests("drop", [OLD]).newest(typed(code)), 1, "")])
    assert Refusal.UNKNOWN_CODE == await refusal(ledger, code)
    await ledger.publish(BATCH, NOW)
    assert "abcdefgh-1" == (await ledger.find(code, NOW)).id
    await ledger.drop(BATCH.name)
    assert Refusal.UNKNOWN_CODE == await refusal(ledger, code)


async def test_why_a_code_does_not_count(ledger: Ledger) -> None:
    """Mistyped, unknown, too early or over: people are told which."""
    early, over = new_code(), new_code()
    await keep(ledger, [early], Batch("earlyear", "members", 1, int(NOW) + 60, int(NOW) + 90))
    await keep(ledger, [over], Batch("overover", "members", 1, 0, int(NOW) - 60))
    assert Refusal.MISTYPED == await refusal(ledger, "?")
    assert Refusal.UNKNOWN_CODE == await refusal(ledger, new_code())
    assert Refusal.NOT_YET == await refusal(ledger, early)
    assert Refusal.EXPIRED == await refusal(ledger, over)


async def test_codes_survive_a_rotation(ledger: Ledger, redis: Redis) -> None:
    """Until the secret that kept them is taken away."""
    code = new_code()
    await keep(ledger, [code])
    assert "abcdefgh-1" == (await Ledger(redis, "drop", [NEW, OLD]).find(code, NOW)).id
    assert Refusal.UNKNOWN_CODE == await refusal(Ledger(redis, "drop", [NEW]), code)
    assert Refusal.UNKNOWN_CODE == await refusal(Ledger(redis, "other", [OLD]), code)


async def test_a_word_that_is_given_out_again_is_the_later_one(ledger: Ledger) -> None:
    """Last year's code of the same name has ended."""
    await keep(ledger, ["SPRING"], Batch("lastyear", "members", 1, 0, int(NOW) - 60))
    assert not await ledger.has("SPR1NG", NOW)
    await keep(ledger, ["SPRING"], Batch("thisyear", "members", 1, 0, int(NOW) + 60))
    assert "thisyear-1" == (await ledger.find("spring", NOW)).id
    assert await ledger.has("SPR1NG", NOW)
    await ledger.revoke(["thisyear"], NOW)
    assert not await ledger.has("SPR1NG", NOW)


async def test_batches_are_bounded_and_old_ones_go(ledger: Ledger, redis: Redis) -> None:
    """Each costs a look when a code is typed: too many is an error, and what ended long ago makes room."""
    for number in range(MAX_BATCHES):
        await ledger.publish(Batch(f"b{number}", "members", 1, 0, int(NOW)), NOW)
    with pytest.raises(LedgerError, match="200 batches of codes count already"):
        await ledger.publish(BATCH, NOW)
    await ledger.publish(BATCH, NOW + REMEMBERED_SECONDS + 1)
    assert [b"abcdefgh"] == await redis.hkeys(batches_key("drop"))


async def test_two_codes_that_come_out_the_same_are_an_error(ledger: Ledger) -> None:
    """Rather than one code for two people."""
    same = Kept(b"digest", 1, "")
    with pytest.raises(LedgerError, match="mint them again"):
        await ledger.keep(BATCH, [same, same._replace(serial=2)])


async def test_revoking_is_by_id_batch_or_holder(ledger: Ledger) -> None:
    """It is forgotten when no invitation can live any more."""
    invitation = Invitation("drop", "members", "abcdefgh-7", "anna", 1, 0, int(NOW) + 60)
    for name in ("abcdefgh-7", "abcdefgh", "anna"):
        assert not await ledger.is_revoked(invitation)
        assert 1 == await ledger.revoke([name], NOW)
        assert 0 == await ledger.revoke([name], NOW)
        assert await ledger.is_revoked(invitation)
        await ledger.revoke(["another"], NOW + LONGEST_SECONDS + 1)


async def test_wrong_codes_are_counted_for_an_address(ledger: Ledger, redis: Redis) -> None:
    """For a minute; the address itself is nowhere in Redis."""
    for _ in range(TRIES):
        assert await ledger.may_try("192.0.2.7")
        await ledger.note_wrong("192.0.2.7")
    assert not await ledger.may_try("192.0.2.7")
    assert await ledger.may_try("192.0.2.8")
    (key,) = [key async for key in redis.scan_iter(match="*tries*")]
    assert b"192.0.2" not in key
    assert 0 < await redis.ttl(key) <= TRIES_SECONDS
    assert key.decode().startswith(tries_key("drop", ""))


async def test_a_redis_that_is_away_is_the_line_s_own_error() -> None:
    """So that everybody above knows one kind only."""
    ledger = Ledger(Redis.from_url("unix:///nowhere"), "drop", [OLD])
    with pytest.raises(LineUnavailableError):
        await ledger.find("SPRING", NOW)
    with pytest.raises(LineUnavailableError):
        await ledger.may_try("192.0.2.7")
