"""Running the gateway: the listening socket, the workers, and their end; and the console beside it or alone."""

from waitroom.serving.run import serve, serve_console

__all__ = ["serve", "serve_console"]
