"""Running the gateway: the listening socket, the workers, and their end."""

from waitroom.serving.run import serve

__all__ = ["serve"]
