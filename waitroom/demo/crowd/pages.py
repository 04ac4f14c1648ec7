"""What a simulated shopper reads on a page of the demo shop."""

from __future__ import annotations

import re

_PIECE_LINK = re.compile(r'href="(/pieces/[a-z0-9-]+)"')
_FOR_SALE = re.compile(r'name="slug" value="([a-z0-9-]+)"')


def piece_links(html: str) -> list[str]:
    """The paths of the pieces that the page links to."""
    return _PIECE_LINK.findall(html)


def piece_for_sale(html: str) -> str | None:
    """The slug of the piece that the page offers to put in the cart; nothing where it is sold out."""
    found = _FOR_SALE.search(html)
    return found[1] if found else None
