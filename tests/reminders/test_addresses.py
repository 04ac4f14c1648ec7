"""Which addresses a message may go to."""

from __future__ import annotations

import pytest

from waitroom.reminders.addresses import AddressError, address_of, same_holder
from waitroom.reminders.channels import Channel
from waitroom.reminders.reminder import Box, Contact, Place

GOOD = [
    (Channel.MAIL, " a.b+c@Example.COM ", "a.b+c@example.com"),
    (Channel.MAIL, "o'brien@mañana.example.com", "o'brien@xn--maana-pta.example.com"),
    (Channel.SMS, "+371 (2000) 00-01", "+37120000001"),
    (Channel.WHATSAPP, "00371.20000001", "+37120000001"),
    # as an Arabic keyboard writes it
    (Channel.SMS, "+\u0663\u0667\u0661 2000 0001", "+37120000001"),
]
BAD = [
    (Channel.MAIL, "a@b@example.com"),
    (Channel.MAIL, "a%2cb@example.com"),
    (Channel.MAIL, "a=b@example.com"),
    (Channel.MAIL, "jürgen@example.com"),
    (Channel.MAIL, "a@[127.0.0.1]"),
    (Channel.MAIL, "a@localhost"),
    (Channel.SMS, "20000001"),
    (Channel.SMS, "+4420000001"),
    (Channel.SMS, "+3712000000100000"),
]


@pytest.mark.parametrize(("channel", "typed", "address"), GOOD)
def test_an_address_has_one_form(channel: Channel, typed: str, address: str) -> None:
    """However it is typed."""
    assert address == address_of(channel, typed, ["+371"])


@pytest.mark.parametrize(("channel", "typed"), BAD)
def test_what_is_no_plain_address_is_refused(channel: Channel, typed: str) -> None:
    """Among it what a library downstream could read as two, or a country that is not served."""
    with pytest.raises(AddressError):
        address_of(channel, typed, ["+371"])


def test_one_holder_is_counted_once() -> None:
    """Whatever they write before or behind a plus, and by whichever way to a telephone."""
    assert same_holder(Channel.MAIL, "A.B+x@example.com") == same_holder(Channel.MAIL, "a.b@example.com")
    assert same_holder(Channel.SMS, "+37120000001") == same_holder(Channel.WHATSAPP, "+37120000001")


def test_a_contact_opens_for_its_own_place_and_with_an_older_secret() -> None:
    """And for nobody else: put to another place, or by another room, it is nothing."""
    place, contact = Place(1, "general", 5), Contact(Channel.MAIL, "anna@example.com", "lv")
    sealed = Box("drop", ["the first secret of all"]).seal(place, contact)
    assert b"anna" not in sealed
    rotated = Box("drop", ["another secret by now", "the first secret of all"])
    assert contact == rotated.open(place, sealed)
    assert rotated.open(Place(1, "general", 6), sealed) is None
    assert Box("other", ["the first secret of all"]).open(place, sealed) is None
    assert place == Place.read(str(place))
