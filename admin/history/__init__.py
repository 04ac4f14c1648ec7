"""What the charts show: each room once a second, kept for a quarter of an hour, and more coarsely for days."""
