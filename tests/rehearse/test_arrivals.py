"""When a simulated crowd arrives."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitroom.rehearse.arrivals import PRESETS, ArrivalsError, Curve, from_csv, preset


@given(
    name=st.sampled_from(sorted(PRESETS)), visitors=st.integers(1, 100_000), seconds=st.integers(1, 2000),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_a_preset_deals_out_everyone(name: str, visitors: int, seconds: int, seed: int) -> None:
    """Exactly as many as asked for, in that time, none of them negative."""
    curve = preset(name, visitors=visitors, seconds=seconds, random_source=random.Random(seed))

    assert (visitors, seconds) == (curve.visitors, len(curve.arrivals))
    assert min(curve.arrivals) >= 0
    assert 0 <= curve.opens_at <= seconds


def test_a_flash_sale_has_a_pre_queue_and_a_spike() -> None:
    """About a third comes before the opening, which is the busiest moment."""
    curve = preset("flash-sale", visitors=90_000, seconds=2400, random_source=random.Random(1))
    minutes = [sum(curve.arrivals[at : at + 60]) for at in range(0, 2400, 60)]

    assert 600 == curve.opens_at
    assert 25_000 < sum(curve.arrivals[:600]) < 35_000
    assert minutes.index(max(minutes)) in (9, 10)


def test_two_waves_are_two() -> None:
    """With a lull between them."""
    curve = preset("two-waves", visitors=90_000, seconds=2000, random_source=random.Random(1))
    first, lull, second = (sum(curve.arrivals[at : at + 100]) for at in (250, 800, 1250))

    assert first > 5 * lull
    assert second > 5 * lull


def written(folder: Path, text: str) -> Path:
    path = folder / "sale.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "arrivals"),
    [
        ("0,5\n1,7\n2,0\n", (5, 7, 0)),
        ("second,arrivals\n0,5\n3,3\n", (2, 1, 2, 1, 1, 1)),
        ("2,4\n\n", (0, 0, 4)),
        ("\ufeff0, 8\n 4 ,0\n", (2, 2, 2, 2, 0, 0, 0, 0)),
    ],
)
def test_a_csv_file_tells_who_comes_when(text: str, arrivals: tuple[int, ...], tmp_path: Path) -> None:
    """A row's arrivals are spread until the next row."""
    assert Curve("sale.csv", arrivals) == from_csv(written(tmp_path, text))


def test_a_csv_file_can_be_scaled(tmp_path: Path) -> None:
    """To as many visitors as asked for."""
    curve = from_csv(written(tmp_path, "0,10\n60,30\n120,0\n"), visitors=4000)

    assert 4000 == curve.visitors
    assert 1000 == sum(curve.arrivals[:60])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0,5\n1,x\n", "sale.csv:2: given '1,x'; allowed: two whole numbers"),
        ("0,5\n1,-2\n", "sale.csv:2: given '1,-2'"),
        ("0,5\n1.5,2\n", "sale.csv:2: given '1.5,2'"),
        ("0,5,9\n", "sale.csv:1: given '0,5,9'"),
        ("0,5\n\n5\n", "sale.csv:3: given '5'"),
        ("0,5\n9,1\n9,1\n", "sale.csv:3: second 9 must come after second 9"),
        ("9999999,1\n", "sale.csv:1: second 9999999 is beyond a week"),
        ("0,1\n604000,1\n", "sale.csv: is longer than a week"),
        ("second,arrivals\n", "sale.csv: holds no arrivals"),
        ("", "sale.csv: holds no arrivals"),
        ("0,0\n", "sale.csv: from 1 to 10,000,000 arrivals in all are allowed, 0 are given"),
        ("0,99999999999999\n", "sale.csv: from 1 to 10,000,000 arrivals"),
        ("0,\x00\n", "sale.csv"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, complaint: str, tmp_path: Path) -> None:
    """And with what is allowed."""
    with pytest.raises(ArrivalsError) as raised:
        from_csv(written(tmp_path, text))
    assert complaint in str(raised.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Missing, or no text."""
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00\x01")
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "b.csv"):
        with pytest.raises(ArrivalsError, match="cannot be read"):
            from_csv(path)
