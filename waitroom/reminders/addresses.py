"""Which addresses a message may go to. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from waitroom.reminders.channels import Channel

LONGEST = 254
"""Characters of a mail address that a server takes (RFC 5321 section 4.5.3.1.3, less the brackets)."""
# Of all that may stand before the @, what no library downstream reads as the end of an address or of a field.
_PLAIN = re.compile(r"[A-Za-z0-9._+'-]+@[a-z0-9.-]+")
_BETWEEN_DIGITS = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class AddressError(ValueError):
    """No address that a message can go to."""


def address_of(channel: Channel, typed: str, prefixes: Sequence[str]) -> str:
    """What somebody typed, as one address in its one form: a mail address, or a number as E.164 has it.

    ``prefixes`` are those that a number may begin with. Raises :class:`AddressError`.
    """
    if channel is Channel.MAIL:
        return _mail(typed.strip())
    # whichever script's digits a keyboard has
    digits = "".join(str(unicodedata.decimal(each, each)) for each in typed)
    number = _BETWEEN_DIGITS.sub("", digits)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not _E164.fullmatch(number):
        raise AddressError("no telephone number with its country's code")
    if not any(number.startswith(prefix) for prefix in prefixes):
        raise AddressError("a number of a country that is not served")
    return number


def _mail(typed: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # only where somebody types an address

    if len(typed) > LONGEST:
        raise AddressError("too long")
    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise AddressError("no mail address") from None
    if found.ascii_email is None or not _PLAIN.fullmatch(found.ascii_email):
        raise AddressError("no plain mail address")
    return found.ascii_email


def same_holder(channel: Channel, address: str) -> bytes:
    """By what an address is counted: however it is spelled, it reaches the same person.

    Mail servers tell capitals apart in theory only, and what stands behind a ``+`` is the holder's own filing.
    """
    if channel is Channel.MAIL:
        local, _, domain = address.lower().rpartition("@")
        return f"mail:{local.partition('+')[0]}@{domain}".encode()
    return f"number:{address}".encode()
