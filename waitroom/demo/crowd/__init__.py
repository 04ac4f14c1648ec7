"""A simulated crowd for the demo: shoppers who arrive, wait as a browser does, look around and buy.

``run_crowd`` is the crowd; ``python -m waitroom.demo.crowd`` runs it as a process of its own.
"""

from waitroom.demo.crowd.crowd import CrowdSettings, run_crowd
from waitroom.demo.crowd.tally import Tally

__all__ = ["CrowdSettings", "Tally", "run_crowd"]
