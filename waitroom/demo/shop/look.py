"""The templates, and how they write money."""

from __future__ import annotations

from pathlib import Path

from starlette.templating import Jinja2Templates

from waitroom.demo.shop.catalogue import PER_ORDER


def money(cents: int) -> str:
    """Euros, as ``€1,234.50``."""
    return f"€{cents / 100:,.2f}"


TEMPLATES = Jinja2Templates(Path(__file__).parent / "templates")
TEMPLATES.env.filters["money"] = money
TEMPLATES.env.globals["per_order"] = PER_ORDER
