"""Ten thousand ways to tamper with a token: none is accepted, and none is a failure."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable

import pytest

from waitroom.gate.tokens import Mint, Pass, Ticket, TokenError

SECRET = "the secret of the shop"
ALPHABET = string.ascii_letters + string.digits + "-_"
MUTATIONS = 10_000


def _flip_bit(text: str, by: random.Random) -> str:
    at = by.randrange(len(text))
    return text[:at] + chr(ord(text[at]) ^ (1 << by.randrange(8))) + text[at + 1 :]


def _replace(text: str, by: random.Random) -> str:
    at = by.randrange(len(text))
    return text[:at] + by.choice(string.printable) + text[at + 1 :]


def _last_symbol(text: str, by: random.Random) -> str:
    return text[:-1] + by.choice(ALPHABET)


def _truncate(text: str, by: random.Random) -> str:
    return text[: by.randrange(len(text))]


def _behead(text: str, by: random.Random) -> str:
    return text[by.randrange(1, len(text)) :]


def _delete(text: str, by: random.Random) -> str:
    at = by.randrange(len(text))
    return text[:at] + text[at + by.randrange(1, 6) :]


def _swap(text: str, by: random.Random) -> str:
    a, b = sorted(by.sample(range(len(text)), 2))
    return text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :]


def _insert(text: str, by: random.Random) -> str:
    at = by.randrange(len(text) + 1)
    return (
        text[:at]
        + by.choice(["!", "=", "\n", " ", ".", ":", "é", "\0", "A", "%41"]) * by.randrange(1, 9)
        + text[at:]
    )


def _case(text: str, by: random.Random) -> str:
    at = by.randrange(len(text))
    return text[:at] + text[at:].swapcase()


def _pad(text: str, by: random.Random) -> str:
    return text + by.choice(["=", "==", "====", "\n", " ", "\r\n", "!!!!", "A", "AAAA", "."])


def _other_alphabet(text: str, _by: random.Random) -> str:
    return text.replace("-", "+").replace("_", "/")


def _renumber(text: str, by: random.Random) -> str:
    fields = text.partition(".")[0].split(":")
    fields[by.randrange(len(fields))] = by.choice(["0", "1", "-1", "99", "drop", "", "٣", "1e9", "x" * 50])
    return ":".join(fields) + "." + text.partition(".")[2]


def _repeat(text: str, by: random.Random) -> str:
    return by.choice([text * 2, f"{text}.{text}", text + ":" + text, "." + text])


WAYS: list[Callable[[str, random.Random], str]] = [
    _flip_bit, _replace, _last_symbol, _truncate, _behead, _delete, _swap, _insert, _case, _pad,
    _other_alphabet, _renumber, _repeat,
]  # fmt: skip


@pytest.mark.parametrize("kind", [Ticket, Pass])
def test_no_mutation_of_a_token_is_accepted(kind: type[Ticket] | type[Pass]) -> None:
    """Whatever differs from the text that was signed is refused with a reason."""
    by = random.Random(2026)
    mint = Mint(kind, ["the newer secret of it", SECRET])
    genuine = [
        mint.sign(kind("drop", 1_700_000_000 + n, "general", n, 1_700_000_000_000 + n)) for n in range(50)
    ]
    genuine += [Mint(kind, [SECRET]).sign(mint.verify(text, "drop")) for text in genuine]
    tried = 0
    while tried < MUTATIONS:
        text = by.choice(genuine)
        mutated = by.choice(WAYS)(text, by)
        if by.random() < 0.2:
            mutated = by.choice(WAYS)(mutated, by) if mutated else mutated
        if mutated in genuine:
            continue
        tried += 1
        with pytest.raises(TokenError):
            mint.verify(mutated, "drop")


def test_every_spelling_of_a_signature_but_ours_is_refused() -> None:
    """Base 64 has spare bits at the end, and decoders skip what is none: the bytes are ours, the text is not."""
    mint = Mint(Ticket, [SECRET])
    payload, _, signature = mint.sign(Ticket("drop", 1, "general", 1, 1)).partition(".")
    raw = base64.urlsafe_b64decode(signature + "=")
    same = [
        *(signature[:-1] + symbol for symbol in ALPHABET if symbol != signature[-1]),
        signature + "=",
        signature[:4] + "!!!!" + signature[4:],
        signature + "\n\n\n\n",
    ]
    spelled_alike = [text for text in same if base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) == raw]
    assert 6 <= len(spelled_alike)
    for text in same:
        with pytest.raises(TokenError):
            mint.verify(f"{payload}.{text}", "drop")
