"""What Prometheus is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from admin.metrics.exposition import exposition
from admin.metrics.site import Site
from tests.admin.metrics.conftest import Promtool
from waitroom.live.limits import Limit
from waitroom.telemetry.histogram import SHOP_SECONDS

pytestmark = pytest.mark.anyio
OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
"""What Prometheus sends."""


async def samples(site: Site) -> dict[str, float]:
    """All samples by name and labels."""
    text = (await exposition(site)).body.decode()
    return {
        _key(sample.name, sample.labels): sample.value
        for family in parse_text(text)
        for sample in family.samples
    }


def _key(name: str, labels: Mapping[str, str]) -> str:
    return name + ("{" + ",".join(f"{key}={labels[key]}" for key in sorted(labels)) + "}" if labels else "")


async def test_the_line_is_told_by_lane(site: Site) -> None:
    """Who waits, and how far each lane has come."""
    told = await samples(site)
    for lane in ("general", "members"):
        labels = f"{{lane={lane},room=drop}}"
        assert (1, 1, 0) == tuple(
            told[f"waitroom_line_{name}{labels}"] for name in ("waiting", "issued", "called")
        )
    assert (0, 50) == (
        told["waitroom_rate_in_force_per_second{room=drop}"],
        told["waitroom_capacity_set{room=drop}"],
    )
    assert 5.0 == told["waitroom_rate_set_per_second{room=late-sale}"]
    assert 0.0 == told["waitroom_rate_in_force_per_second{room=late-sale}"], "it is paused"


async def test_of_several_states_one_holds(site: Site) -> None:
    """The mode, and what limits admission."""
    told = await samples(site)
    for room, mode, limit in (("drop", "queue", "rate"), ("late-sale", "pause", "paused")):
        modes = {key: value for key, value in told.items() if key.startswith(f"waitroom_mode{{room={room},")}
        assert (5, 1, 1) == (
            len(modes),
            sum(modes.values()),
            modes[f"waitroom_mode{{room={room},waitroom_mode={mode}}}"],
        )
        limits = {
            key: value for key, value in told.items() if key.startswith(f"waitroom_limited_by{{room={room},")
        }
        assert (len(Limit), 1) == (len(limits), sum(limits.values()))
        assert 1 == limits[f"waitroom_limited_by{{room={room},waitroom_limited_by={limit}}}"]


async def test_what_was_counted_is_told_as_totals(site: Site) -> None:
    """By its labels; of no room too; and what never happened as 0."""
    told = await samples(site)
    assert (3, 4, 0, 9) == (
        told["waitroom_requests_total{room=drop,way=page}"],
        told["waitroom_requests_total{room=drop,way=visit}"],
        told["waitroom_requests_total{room=late-sale,way=visit}"],
        told["waitroom_requests_total{room=(none),way=visit}"],
    )
    assert (1, 0, 0) == (
        told["waitroom_joins_total{door=held,lane=general,room=drop}"],
        told["waitroom_joins_total{door=open,lane=members,room=drop}"],
        told["waitroom_admissions_total{lane=general,room=late-sale}"],
    )
    assert (2, 1, 1, 0) == tuple(
        told[f"waitroom_shop_answers_total{{outcome={outcome},room=drop}}"]
        for outcome in ("2xx", "5xx", "1xx", "timeout")
    )


async def test_the_latency_of_the_shop_is_a_histogram(site: Site) -> None:
    """Its buckets add up, and the last has all."""
    told = await samples(site)
    buckets = [
        value
        for key, value in told.items()
        if key.startswith("waitroom_shop_response_seconds_bucket{") and "room=drop" in key
    ]
    assert buckets == sorted(buckets)
    assert (len(SHOP_SECONDS.bounds) + 1, 3, 3) == (
        len(buckets), buckets[-1], told["waitroom_shop_response_seconds_count{room=drop}"],
    )  # fmt: skip
    assert pytest.approx(2.054, abs=1e-4) == told["waitroom_shop_response_seconds_sum{room=drop}"]
    assert 2 == told["waitroom_shop_response_seconds_bucket{le=0.056,room=drop}"]


async def test_who_is_alive_is_told(site: Site) -> None:
    """With their machines, connections and streams."""
    told = await samples(site)
    assert site.reading is not None
    (worker,) = site.reading.alive
    assert (1, 0) == (told["waitroom_workers{state=alive}"], told["waitroom_workers{state=silent}"])
    assert 5 == told[f"waitroom_worker_connections{{worker={worker.name}}}"]
    labels = f"host={worker.host},pid={worker.pid},version={worker.version},worker={worker.name}"
    assert 1 == told[f"waitroom_worker_info{{{labels}}}"]
    assert (2, 0) == (
        told["waitroom_event_streams{room=drop}"],
        told["waitroom_event_streams{room=late-sale}"],
    )
    assert told["waitroom_redis_up"] == 1
    assert told["process_resident_memory_bytes"] > 10_000_000


async def test_without_redis_only_what_cannot_be_wrong_is_told(site: Site) -> None:
    """That it is away, and the totals as they were: how many wait now, nobody knows."""
    told = await samples(replace(site, is_redis_up=False))
    assert 0 == told["waitroom_redis_up"]
    assert 3 == told["waitroom_requests_total{room=drop,way=page}"]
    absent = ("waitroom_line", "waitroom_worker", "waitroom_inside", "waitroom_mode", "waitroom_limited")
    assert [] == [key for key in told if key.startswith(absent) and "_wait_seconds" not in key]
    nothing = await samples(Site(site.rooms, None, is_redis_up=False))
    assert {"waitroom_redis_up"} == {key for key in nothing if key.startswith("waitroom_")} - {
        key for key in nothing if key.startswith("waitroom_build_info")
    }


async def test_both_formats_are_spoken(site: Site) -> None:
    """OpenMetrics to whoever asks for it; both can be parsed, and say the same."""
    text, openmetrics = (await exposition(site)), (await exposition(site, OPENMETRICS))
    assert text.content_type.startswith("text/plain; version=0.0.4")
    assert openmetrics.content_type.startswith("application/openmetrics-text; version=1.0.0")
    plain = {sample for family in parse_text(text.body.decode()) for sample in _ours(family.samples)}
    families = parse_openmetrics(openmetrics.body.decode())  # type: ignore[no-untyped-call]
    other = {sample for family in families for sample in _ours(family.samples)}
    assert plain == other
    assert len(plain) > 150


def _ours(found: object) -> set[tuple[str, str, float]]:
    return {
        (sample.name, str(sorted(sample.labels.items())), sample.value)
        for sample in found  # type: ignore[attr-defined]
        if sample.name.startswith("waitroom_")
    }


@pytest.mark.parametrize(
    "accept", ["", "*/*", "nonsense", "application/openmetrics-text;version=abc", "text/plain;version=x"]
)
async def test_whatever_is_asked_for_there_is_an_answer(site: Site, accept: str) -> None:
    """The text format, where the request makes no sense."""
    assert (await exposition(site, accept)).content_type.startswith("text/plain; version=0.0.4")


async def test_prometheus_has_no_complaint(site: Site, promtool: Promtool) -> None:
    """Names, units and help are as its own linter wants them."""
    body = (await exposition(site)).body
    ours = b"".join(line for line in body.splitlines(keepends=True) if b"process_" not in line)
    checked = promtool("check", "metrics", given=ours)
    assert (0, b"", b"") == (checked.returncode, checked.stdout, checked.stderr)


async def test_every_metric_explains_itself(site: Site) -> None:
    """In a sentence of its own."""
    families = list(parse_text((await exposition(site)).body.decode()))
    helps = [family.documentation for family in families if family.name.startswith("waitroom_")]
    assert len(helps) == len(set(helps))
    assert all(len(text) > 20 and text.endswith(".") for text in helps), helps


async def test_no_path_of_this_machine_is_told(tmp_path: Path) -> None:
    """Nothing but figures and names."""
    text = (await exposition(Site((), None, is_redis_up=False))).body.decode()
    assert "/" not in "".join(line for line in text.splitlines() if not line.startswith("#"))
