"""What can be set about being told away from the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from waitroom.reminders.channels import Channel
from waitroom.settings.kinds import (
    Allowed,
    AtLeastASecond,
    FilePath,
    OneOrMore,
    WebPage,
    WholeNumber,
    broken,
)

SLOT = "{to}"
_Template = Annotated[SecretStr | None, Allowed("an address of Apprise with {to} in it")]
_File = Annotated[FilePath | None, Allowed("the path of a file with such an address")]
_Prefix = Annotated[str, Field(pattern=r"^\+([1-9][0-9]{0,6})?$")]


class ReminderSettings(BaseModel):
    """Who wants to is told by mail, text message or WhatsApp when their turn nears, and when it has come. Off while no
    channel is set. See [being told](being-told.md).

    A channel is an address of [Apprise](https://appriseit.com/services/) in which `{to}` stands for the receiver.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    mail: _Template = Field(
        default=None,
        description='By mail, such as "mailtos://user:password@mail.example?from=line@shop.example&to={to}". Never '
        "shown: such addresses hold passwords.",
    )
    mail_file: _File = Field(
        default=None,
        description="A file with that address, instead of mail. Only its owner may be able to write to it.",
    )
    sms: _Template = Field(
        default=None, description='By text message, such as "twilio://ID:TOKEN@FROM/{to}".'
    )
    sms_file: _File = Field(default=None, description="A file with that address, instead of sms.")
    whatsapp: _Template = Field(
        default=None, description='By WhatsApp, such as "whatsapp://TOKEN@FROM/{to}".'
    )
    whatsapp_file: _File = Field(default=None, description="A file with that address, instead of whatsapp.")
    link: Annotated[WebPage | None, Allowed("a whole address with https:// or http://")] = Field(
        default=None,
        description="The page to which a message leads: the shop's own, in the room. Wanted with any channel. It is "
        "never taken from what a visitor sends.",
    )
    numbers: Annotated[
        tuple[_Prefix, ...],
        OneOrMore,
        Allowed('a list of beginnings of numbers, such as ["+371"]; ["+"]: any'),
    ] = Field(
        default=(),
        description="Which telephone numbers are told. Wanted with sms and whatsapp: messages abroad cost money, and "
        "fraudsters earn by them.",
    )
    ahead: AtLeastASecond = Field(
        default=300.0, description="So long before the turn, by the estimate, one is told that it nears."
    )
    forget: AtLeastASecond = Field(
        default=86_400.0, description="An address is deleted after this, whether it was used or not."
    )
    per_address: Annotated[WholeNumber, Field(ge=1, le=100), Allowed("a whole number from 1 to 100")] = Field(
        default=3,
        description="How often in 24 hours one address may be given in this room, by whomever: nobody floods a "
        "stranger's phone.",
    )
    per_client: Annotated[WholeNumber, Field(ge=1, le=10_000), Allowed("a whole number from 1 to 10000")] = (
        Field(default=20, description="How many may be given in an hour from one network address.")
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> ReminderSettings:
        for channel in Channel:
            template, file = self._of(channel)
            if template is not None and file is not None:
                raise broken(f"{channel} cannot be set together with {channel}_file: keep one of them")
            if template is not None and SLOT not in template.get_secret_value():
                raise broken(f"{channel} must have {SLOT} in it, where the receiver's address goes")
        channels = self.channels
        if channels and self.link is None:
            raise broken("link must be set: where the messages lead to")
        if {Channel.SMS, Channel.WHATSAPP} & set(channels) and not self.numbers:
            raise broken('numbers must be set, such as ["+371"]: which telephone numbers are told')
        return self

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Those that are set."""
        return tuple(channel for channel in Channel if any(self._of(channel)))

    def template(self, channel: Channel) -> str:
        """The template of a channel that is set. Its file has been read."""
        template = self._of(channel)[0]
        assert template is not None, "the files of the settings have been read"
        return template.get_secret_value()

    def file(self, channel: Channel) -> Path | None:
        """The file that holds the template of a channel."""
        return self._of(channel)[1]

    def _of(self, channel: Channel) -> tuple[SecretStr | None, Path | None]:
        match channel:
            case Channel.MAIL:
                return self.mail, self.mail_file
            case Channel.SMS:
                return self.sms, self.sms_file
            case Channel.WHATSAPP:
                return self.whatsapp, self.whatsapp_file
