"""What happened in a room, and whether it was right."""
