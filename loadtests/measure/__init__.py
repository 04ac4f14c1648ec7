"""Measures what the project promises, against the real gateway and a real Redis.

    python -m loadtests.measure            everything, about a quarter of an hour
    python -m loadtests.measure poll       some rows

Each row is one module. Loopback only; nothing outside this machine is touched.
"""
