"""All that a room has to read and to look at, from its settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from waitroom.content.markdown import Question, html_of, questions_of
from waitroom.content.products import LARGEST_DOCUMENT, Products
from waitroom.content.texts import Texts, read_text, read_texts
from waitroom.errors import SettingsError
from waitroom.settings.content import ContentSettings


@dataclass(frozen=True, slots=True)
class Chat:
    """A snippet, and the hosts that it may reach."""

    snippet: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What there is; None: there is none of it."""

    news: Texts[Markup] | None = None
    faq: Texts[list[Question]] | None = None
    chat: Chat | None = None
    products: Products | None = None


def content_of(settings: ContentSettings, named: str = "content") -> Content | None:
    """The content of these settings; None where there is none. Raises :class:`~waitroom.errors.SettingsError` where a
    file is not what it should be; ``named`` is what the table is called then."""
    if not settings.is_there:
        return None
    news, faq, chat, products = None, None, None, None
    if settings.news is not None:
        news = read_texts(settings.news, settings.language, f"{named}.news", html_of)
    if settings.faq is not None:
        faq = read_texts(settings.faq, settings.language, f"{named}.faq", questions_of)
        if empty := [tag for tag, questions in faq.by_language.items() if not questions]:
            raise SettingsError(
                f"{named}.faq: {settings.faq} ({empty[0]}): has no heading; each is a question"
            )
    if settings.chat is not None:
        chat = Chat(read_text(settings.chat, f"{named}.chat"), settings.chat_hosts)
    if isinstance(settings.products, Path):
        read_text(settings.products, f"{named}.products", LARGEST_DOCUMENT)
    if settings.products is not None:
        products = Products(
            settings.products,
            every_seconds=settings.products_every,
            most=settings.products_most,
            image_hosts=settings.image_hosts,
        )
    return Content(news, faq, chat, products)
