"""The command line."""

from waitroom.cli.main import main

__all__ = ["main"]
