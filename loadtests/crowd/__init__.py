"""What the scenarios share: visitors who wait as real ones do, what they saw, and what of it fails the run.

A scenario is a Locust file of its own in ``loadtests/scenarios``, with user classes from here:

    from loadtests.crowd.scenario import scenario
    from loadtests.crowd.shopper import Shopper

    scenario(__doc__, users=200, spawn_rate=20, run_time="3m")

    class MyShopper(Shopper):
        def visit(self) -> None: ...
"""
