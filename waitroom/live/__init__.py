"""A running room as operators handle it: one way to look at it and to turn it, for the command line and the console."""
