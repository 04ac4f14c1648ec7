"""How the gateway logs: to standard error, each line with its time, level and origin."""

from __future__ import annotations

import logging


def configure_logging() -> None:
    """Sets up logging in this process; each worker is one."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
