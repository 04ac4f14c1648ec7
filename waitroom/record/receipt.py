"""Receipts: signed statements of a place in line, which anyone can verify and only the gateway can make.

A receipt is a JSON Web Signature (RFC 7515) in its compact form, signed with Ed25519 (RFC 8032, RFC 8037); its
claims are those of a JSON Web Token (RFC 7519). The keys are derived from the site's secrets, and the public ones are
published.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json

ALGORITHM = "EdDSA"
TYPE = "waitroom-receipt+jwt"
"""So that no other token signed with these keys can ever serve as a receipt (RFC 8725 section 3.11)."""
MOST_CHARACTERS = 4096
"""Of a receipt that is read."""
_PURPOSE = b"waitroom receipt 1 ed25519"
_COMPACT = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+")

_Text = Annotated[str, Field(max_length=200)]
_Count = Annotated[int, Field(ge=0, le=2**53)]


class ReceiptError(Exception):
    """This is no receipt of ours; the text says why."""


class Receipt(BaseModel):
    """What a receipt says. A text that is empty, and a number that is None, were not known, or are not yet."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    room: _Text
    epoch: _Count
    """The life of the line that the ticket is of."""
    lane: _Text
    number: _Count
    turn: _Count | None = None
    """The place in the order of the lane: the number, or where it was drawn what the draw gave; None: not drawn yet."""
    joined_at: _Text = ""
    """When the ticket was given, RFC 3339 in UTC."""
    event: _Text = ""
    commitment: _Text = ""
    """To the seed of the event's draw."""
    digest: _Text = ""
    """What those who had joined by then contributed to the draw."""
    chain: _Text = ""
    """Of the newest entry of the room's record: it must still be in there."""
    iat: _Count
    """When the receipt was made, in seconds since 1970."""


class ReceiptKeys:
    """The keys of a site. ``secrets`` come newest first: the newest signs, all are published."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._private = [_key_of(secret) for secret in secrets]
        self._public = [key.public_key() for key in self._private]
        self._ids = [key_id(key) for key in self._public]

    def __repr__(self) -> str:
        return f"<ReceiptKeys {self._ids}>"

    def sign(self, receipt: Receipt) -> str:
        """The receipt as it is handed out."""
        header = {"typ": TYPE, "kid": self._ids[0]}
        claims = {name: value for name, value in receipt.model_dump().items() if value not in ("", None)}
        return jwt.encode(claims, self._private[0], algorithm=ALGORITHM, headers=header)

    @property
    def published(self) -> bytes:
        """The public keys as a JSON Web Key Set (RFC 7517, RFC 8037 section 2)."""
        return to_json({"keys": [_members(key) for key in self._public]})


class PublicKeys:
    """The public keys of a site, by their ids."""

    def __init__(self, keys: dict[str, Ed25519PublicKey]) -> None:
        self._keys = keys

    @classmethod
    def of(cls, secrets: Sequence[str]) -> PublicKeys:
        """Those that these secrets give."""
        keys = [_key_of(secret).public_key() for secret in secrets]
        return cls({key_id(key): key for key in keys})

    @classmethod
    def parse(cls, text: str | bytes) -> PublicKeys:
        """Those in a JSON Web Key Set; what is of another kind is left out. Raises :class:`ReceiptError`."""
        try:
            found = jwt.PyJWKSet.from_json(text if isinstance(text, str) else text.decode())
        except (jwt.PyJWTError, ValueError, AttributeError, TypeError) as error:
            raise ReceiptError(f"these are no public keys: {error}") from error
        keys = [each.key for each in found.keys if isinstance(each.key, Ed25519PublicKey)]
        if not keys:
            raise ReceiptError("there is no Ed25519 key among these")
        return cls({key_id(key): key for key in keys})

    def verify(self, text: str) -> Receipt:
        """The receipt in a text, alone or among other words. Raises :class:`ReceiptError`."""
        found = _COMPACT.search(text)
        if found is None or len(found[0]) > MOST_CHARACTERS:
            raise ReceiptError("there is no receipt in this text")
        try:
            header = jwt.get_unverified_header(found[0])
            if header.get("typ") != TYPE:
                raise ReceiptError("this is signed, and no receipt")
            key = self._keys.get(str(header.get("kid")))
            if key is None:
                raise ReceiptError("this was signed with none of these keys")
            # made by a gateway whose clock is ahead of this one's, it is no less genuine
            claims = jwt.decode(found[0], key, algorithms=[ALGORITHM], options={"verify_iat": False})
            return Receipt.model_validate(claims)
        except jwt.PyJWTError as error:
            raise ReceiptError(f"the signature is not right: {error}") from error
        except ValidationError as error:
            raise ReceiptError(
                f"the claims are not those of a receipt: {error.errors()[0]['loc']}"
            ) from error


def key_id(key: Ed25519PublicKey) -> str:
    """The name of a key: its thumbprint (RFC 7638, with the members of RFC 8037 appendix A.3)."""
    text = f'{{"crv":"Ed25519","kty":"OKP","x":"{_x(key)}"}}'
    return _base64(sha256(text.encode()).digest())


def _key_of(secret: str) -> Ed25519PrivateKey:
    # any 32 bytes are a private key (RFC 8032 section 5.1.5)
    return Ed25519PrivateKey.from_private_bytes(hmac.digest(secret.encode(), _PURPOSE, "sha256"))


def _members(key: Ed25519PublicKey) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": _x(key), "kid": key_id(key), "use": "sig", "alg": ALGORITHM}


def _x(key: Ed25519PublicKey) -> str:
    return _base64(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _base64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
