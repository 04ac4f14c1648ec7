"""Puts the gateway together from its settings: ``line`` and, around it, ``gate``."""
