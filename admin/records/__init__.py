"""The records of the rooms: audited on request."""
