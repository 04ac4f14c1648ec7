"""What Prometheus is told: the gauges of each line, and the sums of what the gateway's workers counted."""
