"""Challenges as newcomers hold them: a puzzle, signed, so that nothing need be kept of it until it is solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random, SystemRandom

from itsdangerous import BadSignature, Signer

from waitroom.gate.tokens import (
    MAX_LENGTH,
    CutTokenError,
    ExpiredTokenError,
    ForgedTokenError,
    OtherRoomError,
    TokenError,
)
from waitroom.shaping.challenge import Puzzle, new_puzzle

LIFE_MS = 300_000
"""A challenge must be answered within this time."""
EARLY_MS = 10_000
"""A challenge may be dated this far ahead: the room clocks of two workers differ a little."""


class WrongAnswerError(TokenError):
    """The challenge is genuine, and the number is not the hidden one."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A puzzle of a room, given out at a room clock. ``text`` is what the newcomer holds of it."""

    room: str
    at: int
    puzzle: Puzzle
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A challenge that came back: with the hidden number, or without one by somebody who waited instead."""

    challenge: Challenge
    solved: bool


class Challenges:
    """Signs the challenges of one room, and reads the answers. ``secrets`` come newest first."""

    def __init__(self, room: str, secrets: Sequence[str], random: Random | None = None) -> None:
        self._room = room
        self._random = random or SystemRandom()
        self._signer = Signer(
            list(reversed(secrets)), salt="waitroom.challenge", key_derivation="hmac", digest_method=sha256
        )

    def issue(self, bits: int, now_ms: int) -> Challenge:
        """A new challenge of this difficulty."""
        puzzle = new_puzzle(bits, self._random)
        payload = f"{self._room}:{now_ms}:{bits}:{puzzle.salt}:{puzzle.target}"
        return Challenge(self._room, now_ms, puzzle, self._signer.sign(payload).decode())

    def read(self, text: str, now_ms: int) -> Answer:
        """What ``challenge`` or ``challenge~number`` stands for. Raises a :class:`TokenError` that says why it is
        refused."""
        if len(text) > MAX_LENGTH or not text.isascii():
            raise CutTokenError("not a challenge")
        signed, tilde, number = text.partition("~")
        challenge = self._verified(signed)
        if challenge.room != self._room:
            raise OtherRoomError(challenge.room)
        if not -EARLY_MS <= now_ms - challenge.at <= LIFE_MS:
            raise ExpiredTokenError("the challenge is too old")
        if tilde and not (
            len(number) <= 9 and number.isdecimal() and challenge.puzzle.is_solved_by(int(number))
        ):
            raise WrongAnswerError("not the hidden number")
        return Answer(challenge, bool(tilde))

    def _verified(self, signed: str) -> Challenge:
        try:
            room, at, bits, salt, target = self._signer.unsign(signed).decode().split(":")
        except BadSignature as error:
            raise ForgedTokenError("the signature is not ours") from error
        return Challenge(room, int(at), Puzzle(int(bits), salt, target), signed)
