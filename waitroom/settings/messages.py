"""What can be set for the messages to those who wait: one that stands, others at set times, in several languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from waitroom.messages.languages import tag
from waitroom.messages.message import SILENCE, Message
from waitroom.settings.events import Moment, as_text, moment_or_duration
from waitroom.settings.kinds import Allowed, ByName, Frozen, broken

LONGEST = 500
MOST_TRANSLATIONS = 30
MOST_SCHEDULED = 50
LONGEST_TOGETHER = 30_000
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]")
"""Controls, line breaks, and what turns the direction of all that follows; isolates (U+2066 and so on) do no harm."""


def plain_line(given: str) -> str:
    """A text without what breaks a line or turns its direction. Raises the error of one that has such."""
    if found := _CONTROL.search(given):
        raise broken(f"must not have control characters or line breaks in it (U+{ord(found[0]):04X})")
    return given.strip()


MessageText = Annotated[
    str,
    Field(max_length=LONGEST),
    AfterValidator(plain_line),
    Allowed(f"a text of at most {LONGEST} characters, in one line"),
]
LanguageTag = Annotated[str, AfterValidator(tag)]


class MessageSettings(BaseModel):
    """A text, and the same in other languages: each who waits gets the one that they read best."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    text: MessageText = Field(
        default="",
        description="The text, for everyone who reads none of the translations. Empty: nothing is said.",
    )
    language: Annotated[
        str,
        AfterValidator(lambda given: tag(given) if given else ""),
        Allowed('a language tag such as "en" or "pt-BR"'),
    ] = Field(
        default="",
        description="The language of the text. Needed where there are translations: whoever reads it is given the "
        "text and not one of those.",
    )
    translations: Annotated[
        Mapping[LanguageTag, MessageText],
        Field(max_length=MOST_TRANSLATIONS),
        Frozen,
        Allowed(
            f'texts by their language tags, at most {MOST_TRANSLATIONS}, such as de = "Gleich geht es weiter"'
        ),
    ] = Field(default=ByName(), description="The same in other languages.")

    @model_validator(mode="after")
    def _says_what_it_translates(self) -> MessageSettings:
        if self.translations and not self.text:
            raise broken(
                "must have a text where it has translations: it is for everyone who reads none of them"
            )
        if self.translations and not self.language:
            raise broken("must name the language of its text where it has translations")
        if self.language in self.translations:
            raise broken(f"must not have a translation into the language of its text ({self.language})")
        if empty := [name for name, text in self.translations.items() if not text]:
            raise broken(f"must not have an empty translation ({empty[0]})")
        return self

    def message(self) -> Message:
        """The message that it is."""
        return Message(self.text, self.language, dict(self.translations)) if self.text else SILENCE


class NoticeSettings(MessageSettings):
    """A message that is shown for a set time in place of the one that stands."""

    begins: Moment = Field(description="From when on it is shown.")
    ends: Annotated[
        str | None,
        BeforeValidator(as_text),
        AfterValidator(lambda given: given if given is None else moment_or_duration(given)),
        Allowed('a date and time, or for how long it is shown, such as "20m"'),
    ] = Field(
        default=None, description="When it ends. Left out: when the next one begins, or it is taken back."
    )

    @model_validator(mode="after")
    def _says_something(self) -> NoticeSettings:
        if not self.text:
            raise broken("must have a text")
        return self


class MessagesSettings(BaseModel):
    """All that those waiting in a room are told: a message that stands, and others at set times."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    standing: Annotated[MessageSettings, Allowed("a table of text, language and translations")] = Field(
        default=MessageSettings(), description="What is shown while no other message has its time."
    )
    scheduled: Annotated[
        tuple[NoticeSettings, ...],
        Field(max_length=MOST_SCHEDULED),
        Allowed(f"at most {MOST_SCHEDULED} tables, each with its begins"),
    ] = Field(default=(), description="Messages at set times. Two never have the same time.")

    @field_validator("scheduled")
    @classmethod
    def _fit(cls, scheduled: tuple[NoticeSettings, ...]) -> tuple[NoticeSettings, ...]:
        length = sum(len(text) for each in scheduled for text in (each.text, *each.translations.values()))
        if length > LONGEST_TOGETHER:
            raise broken(f"must not have more than {LONGEST_TOGETHER:,} characters together")
        return scheduled
