"""The commands that operators use on running rooms: over the console's API, or straight at Redis."""
