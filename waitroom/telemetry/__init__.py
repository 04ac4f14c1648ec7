"""What the gateway's workers count, summed up in Redis for the console and for Prometheus."""
