"""The manual of the metrics, made of what the metrics say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from admin.metrics.collector import PREFIX
from admin.metrics.gauges import ALWAYS, GAUGES, STATES
from waitroom.telemetry.families import FAMILIES, NO_ROOM
from waitroom.telemetry.histogram import HISTOGRAMS

_HEAD = f"""# Metrics

Written by `python -m admin.metrics > docs/metrics.md`.

The console serves them at `/metrics`, in the text format of Prometheus or, to whoever asks for it, as OpenMetrics. A
scrape asks nothing of Redis: it gets what the console saw within the last second. It needs a token with the role
`viewer`, from `waitroom token --role viewer --label prometheus`:

```yaml
scrape_configs:
  - job_name: waitroom
    scrape_interval: 15s
    authorization: {{ credentials_file: /etc/prometheus/waitroom.token }}
    static_configs: [{{ targets: ["console.internal:8001"] }}]
```

[grafana/dashboard.json](grafana/dashboard.json) is a dashboard of them, [grafana/alerts.yml](grafana/alerts.yml) has
rules for alerts.

**Whose sums they are.** Each worker of the gateway counts for itself, and adds what is new to sums in Redis once a
second: so the totals are those of all workers on all machines, and a worker that ends takes nothing away (one that is
killed takes its last second). While Redis is away workers keep what they count, and tell it afterwards; what may have
arrived and may not is told again and counted once. A Redis that lost everything begins anew at 0, as any counter may
(`rate` and `increase` know); one that lost its last moments shows no fall.

**One console is enough.** Several consoles of one site tell the same: scrape one of them, or take `max by (…)`.

**What belongs to no room**, because of its host or path, has `room="{NO_ROOM}"`.

**While Redis is away** the gauges of rooms and workers are left out: how many wait just then, nobody knows.

The usual `process_…` metrics are those of the console's own process.
"""


_COST = """## What it costs

Measured beside the version before, in turns, on the machine of [the other measurements](measurements.md). The gateway's
own part of a request of a visitor inside, with a shop that answers in the same process, took 1.15 times the processor
time (1.13 to 1.23 in six turns of 40,000 requests each, medians): 1.2 µs more, on 8.5. Of a whole request, which
takes some 60 µs, that is 2 %; there it is lost in the noise (flat out 1.04 times, 0.86 to 1.41 in 30 turns, while two
copies of the version before differed as much). Sorting the answers, once a second, takes 0.13 µs for each.

With 50 rooms of which something is told each second, a worker spends 4 ms a second on telling, and the console 8 ms on
looking; a scrape takes it 33 ms and has 340 kB. With fewer rooms all of it is less in proportion.
"""


def manual() -> str:
    """The page, in Markdown."""
    return "\n".join([_HEAD, *_gauges(), *_counters(), *_histograms(), *_values(), _COST])


def _gauges() -> Iterator[str]:
    yield "## Gauges\n\n| metric | labels | what |\n| --- | --- | --- |"
    for gauge in (*ALWAYS, *GAUGES):
        yield _row(gauge.name, gauge.labels, gauge.help)
    for states in STATES:
        yield _row(states.name, ("room", states.name), states.help)
    yield ""


def _counters() -> Iterator[str]:
    yield "## Counters\n\n| metric | labels | what |\n| --- | --- | --- |"
    for family in FAMILIES:
        yield _row(f"{PREFIX}{family.name}_total", ("room", *family.labels), family.help)
    yield ""


def _histograms() -> Iterator[str]:
    yield "## Histograms\n\n| metric | labels | what | upper ends of the buckets (s) |\n| --- | --- | --- | --- |"
    for histogram in HISTOGRAMS:
        bounds = ", ".join(f"{bound:g}" for bound in histogram.bounds)
        yield f"{_row(f'{PREFIX}{histogram.name}', ('room',), histogram.help)} {bounds} |"
    yield ""


def _values() -> Iterator[str]:
    for family in FAMILIES:
        if family.values:
            yield from _table(f"{PREFIX}{family.name}_total", family.labels[-1], family.values)
    for states in STATES:
        yield from _table(states.name, states.name, states.states)


def _table(metric: str, label: str, values: Mapping[str, str]) -> Iterator[str]:
    yield f"### `{metric}` by `{label}`\n\n| `{label}` | meaning |\n| --- | --- |"
    for value, meaning in values.items():
        yield f"| `{value}` | {meaning} |"
    yield ""


def _row(name: str, labels: tuple[str, ...], text: str) -> str:
    return f"| `{name}` | {_code(labels)} | {text} |"


def _code(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)
