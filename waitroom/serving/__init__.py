"""Running the gateway: the listening socket, the workers, and their end; and the console beside it or alone."""
