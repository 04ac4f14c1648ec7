"""Rehearsals from the console: one at a time, in a process that yields to all others; the last reports are kept."""
