"""A Redis server of the gateway's own, for where none is given."""

from waitroom.embedded.finding import find_server
from waitroom.embedded.server import EmbeddedRedis

__all__ = ["EmbeddedRedis", "find_server"]
