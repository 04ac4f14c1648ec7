"""The way to Redis: one server, one that Sentinel names, or the shards of a cluster."""
