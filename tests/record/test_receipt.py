"""Receipts: what is signed, what is published, and what is refused."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from waitroom.record.receipt import PublicKeys, Receipt, ReceiptError, ReceiptKeys, key_id

SECRETS = ("a new secret of the test", "an old secret of the test")
RECEIPT = Receipt(room="drop", epoch=7, lane="general", number=205, turn=205, iat=int(time.time()))


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_anyone_verifies_a_receipt_by_the_published_keys() -> None:
    """The signature is Ed25519 over the first two parts: any library that has it will do."""
    keys = ReceiptKeys(SECRETS)
    text = keys.sign(RECEIPT)
    assert RECEIPT == PublicKeys.parse(keys.published).verify(text)

    head, claims, signature = text.split(".")
    header = json.loads(decoded(head))
    published = {key["kid"]: key for key in json.loads(keys.published)["keys"]}
    key = published[header["kid"]]
    assert {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"}.items() <= key.items()
    Ed25519PublicKey.from_public_bytes(decoded(key["x"])).verify(
        decoded(signature), f"{head}.{claims}".encode()
    )
    assert 205 == json.loads(decoded(claims))["number"]
    assert "waitroom-receipt+jwt" == header["typ"]


def test_a_key_is_named_by_its_thumbprint() -> None:
    """The example of RFC 8037, appendix A."""
    private = Ed25519PrivateKey.from_private_bytes(decoded("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
    assert "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" == key_id(private.public_key())


def test_a_receipt_outlives_a_rotation_of_the_secret() -> None:
    """It is verified as long as its secret is still in the list; without it, not."""
    old = ReceiptKeys(SECRETS[1:]).sign(RECEIPT)
    assert RECEIPT == PublicKeys.of(SECRETS).verify(old)
    with pytest.raises(ReceiptError, match="none of these keys"):
        PublicKeys.of(SECRETS[:1]).verify(old)


def test_a_receipt_is_found_in_a_text() -> None:
    """People keep it with words around it."""
    text = f"A receipt\n\n{ReceiptKeys(SECRETS).sign(RECEIPT)}\n\nTo check it: …"
    assert RECEIPT == PublicKeys.of(SECRETS).verify(text)


def test_what_was_changed_is_refused() -> None:
    """Any change of the claims breaks the signature."""
    head, _, signature = ReceiptKeys(SECRETS).sign(RECEIPT).split(".")
    other = ReceiptKeys(SECRETS).sign(RECEIPT.model_copy(update={"number": 1})).split(".")[1]
    with pytest.raises(ReceiptError, match="signature"):
        PublicKeys.of(SECRETS).verify(f"{head}.{other}.{signature}")


def test_other_tokens_are_no_receipts() -> None:
    """Neither another kind, nor another algorithm, nor other claims; and no text of any kind is an error."""
    keys, public = ReceiptKeys(SECRETS), PublicKeys.of(SECRETS)
    private = keys._private[0]
    head = {"kid": key_id(private.public_key()), "typ": "waitroom-receipt+jwt"}
    claims = RECEIPT.model_dump(exclude_none=True)
    for text, reason in [
        (jwt.encode(claims, private, "EdDSA", {**head, "typ": "JWT"}), "no receipt"),
        (jwt.encode(claims, "x" * 40, "HS256", head), "signature is not right"),
        (jwt.encode(claims, "", "none", head), "no receipt in this text"),
        (jwt.encode({"room": "drop", "iat": 1}, private, "EdDSA", head), "claims"),
        (jwt.encode({**claims, "number": "1"}, private, "EdDSA", head), "claims"),
        (jwt.encode({**claims, "event": "x" * 9000}, private, "EdDSA", head), "no receipt in this text"),
        ("", "no receipt in this text"),
        ("eyJ.eyJ.x", "no receipt|signature"),
        ("eyJhbGciOi.eyJ0.xyz", "signature"),
    ]:
        with pytest.raises(ReceiptError, match=reason):
            public.verify(text)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "RSA"}]}', '{"keys": 3}', "\udcff", "null"]
)
def test_what_holds_no_key_is_refused(text: str) -> None:
    """With one reason, whatever it is."""
    with pytest.raises(ReceiptError, match="key"):
        PublicKeys.parse(text)


def test_bytes_that_are_no_text_hold_no_key() -> None:
    """They are refused alike."""
    with pytest.raises(ReceiptError, match="key"):
        PublicKeys.parse(b"\xff\xfe")
