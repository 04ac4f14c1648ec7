"""Somebody who wants to be told: the place that they wait for, and the address, which is only ever kept sealed."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from waitroom.gate.tokens import Ticket
from waitroom.reminders.channels import Channel
from waitroom.signing import derived_key


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a ticket. Its text is part of a key, and tells nothing of who has it."""

    epoch: int
    lane: str
    number: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.lane}:{self.number}"

    @classmethod
    def of(cls, ticket: Ticket) -> Place:
        """That of a ticket."""
        return cls(ticket.epoch, ticket.lane, ticket.number)

    @classmethod
    def read(cls, text: str) -> Place:
        """From its text."""
        epoch, lane, number = text.split(":")
        return cls(int(epoch), lane, int(number))

    def ticket(self, room: str) -> Ticket:
        """A ticket of this place, to see how it stands."""
        return Ticket(room, self.epoch, self.lane, self.number, 0)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where to tell somebody, and in which language. It has no ``repr`` that a log could hold."""

    channel: Channel
    address: str
    language: str

    def __repr__(self) -> str:
        return f"<Contact by {self.channel}>"


class Box:
    """Seals contacts with a key of the site's secrets (Fernet: AES-128-CBC and HMAC-SHA256). ``secrets`` come newest
    first: that one seals, all open."""

    def __init__(self, room: str, secrets: Sequence[str]) -> None:
        purpose = f"reminders.{room}"
        self._keys = MultiFernet([Fernet(urlsafe_b64encode(derived_key(purpose, each))) for each in secrets])

    def seal(self, place: Place, contact: Contact) -> bytes:
        """As Redis keeps it. It holds its place, so that nobody can put it to another one."""
        parts = [str(place), contact.channel.value, contact.address, contact.language]
        return self._keys.encrypt(json.dumps(parts).encode())

    def open(self, place: Place, sealed: bytes) -> Contact | None:
        """The contact; None where it is none of ours, or of another place."""
        try:
            of, channel, address, language = json.loads(self._keys.decrypt(sealed))
        except InvalidToken:
            return None
        return Contact(Channel(channel), address, language) if of == str(place) else None
