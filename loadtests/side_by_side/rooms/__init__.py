"""The rooms that this project is compared with, written for the comparison, and leaner than they usually are.

Bare ASGI on uvicorn with its fast parts (uvloop, httptools), no access log; redis-py with hiredis; commands that do
not depend on each other in one round trip.
"""
