"""A small real shop: products, carts, a checkout with real stock, and a capacity that it fails beyond.

``create_app`` builds it; ``python -m waitroom.demo.shop`` runs it as a process of its own.
"""

from waitroom.demo.shop.app import create_app

__all__ = ["create_app"]
