"""The rooms: looked at, and turned."""
