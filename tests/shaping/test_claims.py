"""Claims: only what the shop signed, for this room and time, by the algorithm of its key."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from waitroom.shaping.claims import LEEWAY_SECONDS, Claim, ClaimKey, Claims
from waitroom.shaping.invitation import InvitationError, Refusal

SECRET = "what the shop and the gateway alone know"
OTHER = "what another shop and another gateway know"
NOW = 1_800_000_000.0
SAID: dict[str, object] = {"aud": "drop", "sub": "anna", "lane": "members", "exp": NOW + 60}
CLAIM = Claim("members", "anna", 0, NOW + 60)
ED25519 = ed25519.Ed25519PrivateKey.generate()
P256 = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def pem(key: PrivateKey) -> str:
    """The public half as the settings have it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signed(key: str | PrivateKey = SECRET, algorithm: str = "HS256", **changes: object) -> str:
    """A claim with these changes."""
    return jwt.encode(changed(changes), key, algorithm)


def changed(changes: Mapping[str, object]) -> dict[str, object]:
    """What a claim says with these changes; None leaves a part out."""
    return {name: value for name, value in {**SAID, **changes}.items() if value is not None}


def refusal(claims: Claims, text: str, now: float = NOW) -> Refusal:
    """Why a claim is refused."""
    with pytest.raises(InvitationError) as refused:
        claims.read(text, now)
    return refused.value.refusal


@pytest.fixture
def claims() -> Claims:
    """Of a room whose shop shares a secret."""
    return Claims("drop", [ClaimKey.shared(SECRET)])


def test_what_the_shop_signed_is_read(claims: Claims) -> None:
    """Lane, member and end; the room may be one of several; what else is said does not matter."""
    assert CLAIM == claims.read(signed(), NOW)
    assert CLAIM == claims.read(signed(aud=["other", "drop"], iat=NOW + 9_999, name="Anna", iss="shop"), NOW)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(ED25519, "EdDSA"), (P256, "ES256"), (RSA, "RS256")],
    ids=["ed25519", "p256", "rsa"],
)
def test_a_public_key_verifies_by_its_own_algorithm(key: PrivateKey, algorithm: str) -> None:
    """And by no other; nor does its text serve as a secret (RFC 8725 section 2.1)."""
    public = Claims("drop", [ClaimKey.public(pem(key))])
    assert CLAIM == public.read(signed(key, algorithm), NOW)
    assert Refusal.FORGED == refusal(public, signed(SECRET))
    assert Refusal.FORGED == refusal(public, by_hand("HS256", pem(key)))


def by_hand(algorithm: str, key: str) -> str:
    """A claim that says an algorithm and is signed with HMAC, as the library would not do."""
    header = {"alg": algorithm, "typ": "JWT"}
    body = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, SAID)
    )
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        body.encode(), key.encode()
    )
    return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_the_token_does_not_choose_the_algorithm(claims: Claims) -> None:
    """Signed by nobody, or with another hash, is forged."""
    for text in (
        signed("", "none"),
        signed(SECRET * 2, "HS512"),
        by_hand("none", SECRET),
        by_hand("HS384", SECRET),
    ):
        assert Refusal.FORGED == refusal(claims, text)
    assert CLAIM == claims.read(by_hand("HS256", SECRET), NOW)


def test_any_of_several_keys_counts() -> None:
    """For rotation, and for a shop that changes from a secret to a key."""
    both = Claims("drop", [ClaimKey.shared(OTHER), ClaimKey.shared(SECRET), ClaimKey.public(pem(ED25519))])
    for text in (signed(OTHER), signed(SECRET), signed(ED25519, "EdDSA")):
        assert CLAIM == both.read(text, NOW)
    assert Refusal.FORGED == refusal(both, signed(P256, "ES256"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "other"}, Refusal.OTHER_ROOM),
        ({"aud": None}, Refusal.WRONG_CLAIM),
        ({"exp": None}, Refusal.WRONG_CLAIM),
        ({"sub": None}, Refusal.WRONG_CLAIM),
        ({"sub": "  "}, Refusal.WRONG_CLAIM),
        ({"lane": None}, Refusal.WRONG_CLAIM),
        ({"lane": 7}, Refusal.WRONG_CLAIM),
        ({"exp": True}, Refusal.WRONG_CLAIM),
        ({"exp": "tomorrow"}, Refusal.WRONG_CLAIM),
        ({"exp": 1e400}, Refusal.WRONG_CLAIM),
        ({"exp": NOW - LEEWAY_SECONDS}, Refusal.EXPIRED),
        ({"nbf": NOW + LEEWAY_SECONDS + 1}, Refusal.NOT_YET),
    ],
    ids=str,
)
def test_a_claim_must_be_whole_and_of_now(
    claims: Claims, changes: dict[str, object], reason: Refusal
) -> None:
    """Without an end, or for another room, it would be good for ever and everywhere."""
    assert reason == refusal(claims, jwt.encode(changed(changes), SECRET, "HS256"))


def test_time_is_judged_each_time(claims: Claims) -> None:
    """That a claim was read before does not make it last."""
    text = signed()
    assert CLAIM == claims.read(text, NOW)
    assert CLAIM == claims.read(text, NOW + 60)
    assert Refusal.EXPIRED == refusal(claims, text, NOW + 60 + LEEWAY_SECONDS)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "a" * 5000, "ü.ü.ü", "..", "eyJhbGciOiJIUzI1NiJ9.e30."])
def test_what_is_no_claim_is_refused(claims: Claims, text: str) -> None:
    """Without an error of another kind."""
    assert refusal(claims, text) in (Refusal.CUT, Refusal.FORGED, Refusal.WRONG_CLAIM)


def test_weak_keys_are_refused() -> None:
    """A short secret, a small or a private key, and what is none."""
    small = rsa.generate_private_key(65537, 1024)
    other_curve = ec.generate_private_key(ec.SECP384R1())
    for text in (pem(small), pem(other_curve), "no key", "", pem(P256).replace("PUBLIC", "PRIVATE")):
        with pytest.raises(ValueError, match=r"key|RSA"):
            ClaimKey.public(text)
    with pytest.raises(ValueError, match="32 bytes"):
        ClaimKey.shared("short")
