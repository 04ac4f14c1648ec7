"""Alerts and outgoing events: what ops staff and other systems are told of, and how it reaches them."""
