"""Flash sale: some come early and wait, most come at the opening, then fewer; who enters looks around and buys.

python -m loadtests.run flash_sale --host https://shop.example --users 2000 --run-time 10m --html flash_sale.html

--users is the crowd at its peak. Open the room's door (or let its schedule do so) after a third of the run.
"""

from __future__ import annotations

from loadtests.crowd.scenario import scenario
from loadtests.crowd.shapes import FlashSale
from loadtests.crowd.shopper import Shopper

scenario(__doc__, users=200, spawn_rate=20, run_time="3m")


class Sale(FlashSale):
    """Pre-queue, opening spike, decay."""


class FlashSaleShopper(Shopper):
    """Arrives, waits, looks around and perhaps buys."""
