"""Half an hour of steady mixed load against a gateway with two workers, its console and Redis: does anything grow?

    python -m loadtests.soak                  thirty minutes
    python -m loadtests.soak --minutes 5

It prints a table of verdicts, and fails where one of them does.
"""
