"""The puzzle, and the text in which a newcomer holds it."""

from __future__ import annotations

import hashlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.gate.challenges import EARLY_MS, LIFE_MS, Challenges, WrongAnswerError
from waitroom.gate.tokens import CutTokenError, ExpiredTokenError, ForgedTokenError, OtherRoomError
from waitroom.shaping.challenge import new_puzzle, solve, wait_seconds

NOW = 1_795_294_762_000
SECRETS = ["the newest secret", "an older secret"]


@given(st.integers(8, 12), st.integers())
def test_a_puzzle_has_one_solution(bits: int, seed: int) -> None:
    """Exactly one number below 2^bits solves it."""
    puzzle = new_puzzle(bits, Random(seed))
    solutions = [number for number in range(-2, 2**bits + 2) if puzzle.is_solved_by(number)]
    assert [solve(puzzle)] == solutions


def test_the_format_is_what_the_manual_says() -> None:
    """The target is the start of SHA-256 of ``salt:number`` in hexadecimal."""
    puzzle = new_puzzle(10, Random(1))
    text = f"{puzzle.salt}:{solve(puzzle)}"
    assert hashlib.sha256(text.encode()).hexdigest().startswith(puzzle.target)


def test_hidden_numbers_are_spread_evenly() -> None:
    """Nobody gains by beginning elsewhere than at 0: each quarter holds about a quarter of them."""
    random = Random(7)
    quarters = [0] * 4
    for _ in range(400):
        quarters[solve(new_puzzle(8, random)) // 64] += 1
    assert all(60 < count < 140 for count in quarters), quarters


def test_an_answer_is_read() -> None:
    """A genuine challenge with the hidden number is solved; without a number it is only shown."""
    challenges = Challenges("drop", SECRETS)
    given_out = challenges.issue(8, NOW)
    shown = challenges.read(given_out.text, NOW + 1000)
    assert (given_out, False) == (shown.challenge, shown.solved)
    answer = challenges.read(f"{given_out.text}~{solve(given_out.puzzle)}", NOW + LIFE_MS)
    assert (given_out, True) == (answer.challenge, answer.solved)


def test_an_older_secret_still_counts() -> None:
    """Challenges outlive a rotation of the secret."""
    before = Challenges("drop", SECRETS[1:]).issue(8, NOW)
    assert before == Challenges("drop", SECRETS).read(before.text, NOW).challenge


def test_refused_answers() -> None:
    """Forged, changed, of another room, expired, dated ahead, with a wrong number, or no challenge at all."""
    challenges = Challenges("drop", SECRETS)
    challenge = challenges.issue(8, NOW)
    number = solve(challenge.puzzle)
    easier = challenge.text.replace(":8:", ":1:")
    with pytest.raises(ForgedTokenError):
        challenges.read(f"{easier}~{number}", NOW)
    with pytest.raises(ForgedTokenError):
        challenges.read(f"{Challenges('drop', ['somebody else’s']).issue(8, NOW).text}~{number}", NOW)
    with pytest.raises(OtherRoomError):
        challenges.read(Challenges("other", SECRETS).issue(8, NOW).text, NOW)
    with pytest.raises(ExpiredTokenError):
        challenges.read(f"{challenge.text}~{number}", NOW + LIFE_MS + 1)
    with pytest.raises(ExpiredTokenError):
        challenges.read(f"{challenge.text}~{number}", NOW - EARLY_MS - 1)
    for wrong in (str((number + 1) % 256), "", "-1", "x", "9" * 10, f" {number}", "٣", f"{number}~1", "1e2"):
        with pytest.raises((WrongAnswerError, CutTokenError)):
            challenges.read(f"{challenge.text}~{wrong}", NOW)
    for text in ("", "~", "~5", ".", "drop", "drop:1:8:x:y", "a" * 300, "é"):
        with pytest.raises((ForgedTokenError, CutTokenError)):
            challenges.read(text, NOW)


@given(st.text(max_size=80))
def test_no_text_raises_anything_else(text: str) -> None:
    """Whatever is sent is refused with a reason."""
    with pytest.raises((ForgedTokenError, CutTokenError)):
        Challenges("drop", SECRETS).read(text, NOW)


def test_a_pass_or_ticket_is_no_challenge() -> None:
    """Each kind of token has a salt of its own."""
    from waitroom.gate.tokens import Mint, Ticket

    ticket = Mint(Ticket, SECRETS).sign(Ticket("drop", NOW, "8", 1, 2))
    with pytest.raises(ForgedTokenError):
        Challenges("drop", SECRETS).read(ticket, NOW)


@pytest.mark.parametrize(("bits", "seconds"), [(18, 10), (19, 20), (21, 40), (17, 10)])
def test_waiting_instead(bits: int, seconds: int) -> None:
    """Ten seconds, and ten more for each bit above the least."""
    assert seconds == wait_seconds(bits, 18)
