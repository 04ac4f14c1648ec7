"""Mobile app: JSON without cookies, the ticket in a header, asking again when Retry-After says.

python -m loadtests.run mobile_app --host https://api.shop.example --path /api/products --users 500 --html app.html
"""

from __future__ import annotations

from loadtests.crowd.app import App
from loadtests.crowd.scenario import scenario

scenario(__doc__, users=100, spawn_rate=10, run_time="5m")


class MobileApp(App):
    """Asks, waits, asks again, and reads a few things once inside."""
