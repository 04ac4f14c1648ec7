"""What can be set about what there is to read and to look at while one waits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from waitroom.settings.kinds import Allowed, AsDuration, FilePath, Host, WholeNumber


def _feed(given: object) -> object:
    """An address stays a text, all else is a file's path."""
    if not isinstance(given, str) or not given:
        return given
    url = urlsplit(given)
    return given if url.scheme in ("http", "https") and url.hostname else Path(given).expanduser()


class ContentSettings(BaseModel):
    """What there is to read and to look at while one waits. It is loaded after the waiting page can be used, and is a
    page of its own too; what is left out costs nothing. What a room leaves out is as for the whole installation. See
    content.md."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    news: Annotated[FilePath | None, Allowed("the path of a Markdown file of at most 64 KiB")] = Field(
        default=None,
        description="News, as Markdown. Translations stand beside it: `news.de.md` beside `news.md`. A relative path "
        "starts at the configuration file's folder.",
    )
    faq: Annotated[FilePath | None, Allowed("the path of a Markdown file of at most 64 KiB")] = Field(
        default=None,
        description="Questions and answers, as Markdown: each heading is a question. Translations likewise. They can "
        "be searched in the page.",
    )
    language: Annotated[
        str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"), Allowed('a language tag such as "en"')
    ] = Field(default="en", description="The language of the files without a tag in their names.")
    chat: Annotated[FilePath | None, Allowed("the path of an HTML file of at most 64 KiB")] = Field(
        default=None,
        description="The snippet of a support chat, as its maker gives it. It is on a page of its own, which opens in "
        "a tab of its own when somebody presses: nothing of it is loaded before.",
    )
    chat_hosts: Annotated[
        tuple[Host, ...], Allowed('a list of host names, such as ["client.chat.example"]')
    ] = Field(default=(), description="The hosts that the chat's page may load from and speak with.")
    products: Annotated[
        str | Path | None, BeforeValidator(_feed), Allowed("an http(s) address, or the path of a file")
    ] = Field(
        default=None,
        description="Products to look at: a JSON document at an address of the shop's, which the gateway asks itself, "
        "or in a file. An address that is in a room would be held like everybody else.",
    )
    products_every: Annotated[
        float, AsDuration, Field(ge=10, le=86_400), Allowed('a duration from "10s" to "1d", such as "5m"')
    ] = Field(default=300.0, description="How often the document is read anew, while anybody looks.")
    products_most: Annotated[WholeNumber, Field(ge=1, le=48), Allowed("a whole number from 1 to 48")] = Field(
        default=12, description="How many of them are shown."
    )
    image_hosts: Annotated[
        tuple[Host, ...], Allowed('a list of host names, such as ["cdn.shop.example"]')
    ] = Field(
        default=(),
        description="The hosts, besides that of the document, of which the gateway fetches the products' images. "
        "Visitors get them from the gateway.",
    )

    @property
    def is_there(self) -> bool:
        """Whether there is anything."""
        return any((self.news, self.faq, self.chat, self.products))


def merged(site: ContentSettings, room: ContentSettings) -> ContentSettings:
    """What a room has: its own, and the installation's for the rest."""
    given = {name: getattr(each, name) for each in (site, room) for name in each.model_fields_set}
    return ContentSettings.model_validate(given)
