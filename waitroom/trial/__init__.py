"""What would happen to a request: the gate's own decision on one that somebody imagines. Nothing is sent."""
