"""The same rules under a simulated crowd and clock: what will happen, before it happens."""
