"""A virtual waiting room in front of a shop: a fair line in Redis, kept by an ASGI reverse proxy."""

__version__ = "0.1.0"
