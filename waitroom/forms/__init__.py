"""Forms that a room caught: kept encrypted while their sender waits, and sent once after admission."""
