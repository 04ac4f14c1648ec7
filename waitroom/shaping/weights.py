"""What each lane is given of the admissions. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from waitroom.line.memory import GENERAL


def lane_weights(given: Mapping[str, float], general_share: float) -> dict[str, float]:
    """The weights of all lanes, the general one first.

    While somebody waits in each of them, the general lane has at least ``general_share`` (0 to 1) of the admissions:
    where its own weight gives it less, it weighs more. A share of 1 leaves nothing to the others. Where no
    other lane moves, the general one does.
    """
    others = {name: weight for name, weight in given.items() if name != GENERAL}
    general = given.get(GENERAL, 1.0)
    if not any(others.values()):
        return {GENERAL: general or 1.0} | others
    if general_share >= 1:
        return {GENERAL: general or 1.0} | dict.fromkeys(others, 0.0)
    least = general_share / (1 - general_share) * sum(others.values())
    return {GENERAL: max(general, least)} | others


def weights_text(weights: Mapping[str, float]) -> str:
    """As the ``weights`` rule keeps them: ``general:1 members:3``."""
    return " ".join(f"{name}:{weight:g}" for name, weight in weights.items())
