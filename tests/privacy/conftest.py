"""The shop behind the gateways of these tests."""

from __future__ import annotations

from tests.contract.conftest import shop as shop
