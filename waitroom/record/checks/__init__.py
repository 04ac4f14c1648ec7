"""The audit's checks: each knows one thing that must not happen, and goes through the whole record. Pure."""

from waitroom.record.checks.check import Check, Now, Verdicts
from waitroom.record.checks.door import Door
from waitroom.record.checks.draws import Draws
from waitroom.record.checks.limits import Limits
from waitroom.record.checks.order import Order
from waitroom.record.checks.settings import Settings

__all__ = ["Check", "Door", "Draws", "Limits", "Now", "Order", "Settings", "Verdicts"]
