"""The schedule of a running room as operators change it: looked at, tried, moved, replaced."""
