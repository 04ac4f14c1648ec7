"""This project beside two plainer rooms: on one machine, with one Redis, in turns.

    python -m loadtests.side_by_side              everything, some twenty minutes
    python -m loadtests.side_by_side --report     the document and the charts anew, from the figures that are there

It writes ``docs/benchmarks.md``, ``docs/benchmarks.json`` and the charts. Loopback only.
"""
