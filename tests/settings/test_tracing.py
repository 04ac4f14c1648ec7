"""What can be set about traces, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from waitroom.settings import Settings

Read = Callable[..., Settings]
Refused = Callable[..., list[str]]


def test_nothing_is_traced_as_it_comes(read: Read) -> None:
    """An endpoint turns it on, in the file or the environment."""
    assert "" == read("").tracing.endpoint
    tracing = read("", WAITROOM_TRACING__ENDPOINT="http://collector:4318/v1/traces").tracing
    assert ("http://collector:4318/v1/traces", 0.01, "waitroom") == (
        tracing.endpoint, tracing.sample, tracing.service,
    )  # fmt: skip


@pytest.mark.parametrize(
    "endpoint",
    [
        "collector:4318",
        "grpc://collector:4317",
        "http://",
        "http://a:0/x",
        "http://a:99999/x",
        "http://a b/x",
    ],
)
def test_an_endpoint_is_an_address(refused: Refused, endpoint: str) -> None:
    """By HTTP: OTLP over gRPC is another thing."""
    (said,) = refused(f"[tracing]\nendpoint = {json.dumps(endpoint)}\n")
    assert "tracing.endpoint" in said
    assert "http:// or https://" in said


@pytest.mark.parametrize(
    "line", ["sample = 1.1", "sample = -0.1", "sample = true", 'service = ""', "samples = 1"]
)
def test_what_cannot_be_meant_is_refused(refused: Refused, line: str) -> None:
    """With the setting's name."""
    (said,) = refused(f"[tracing]\n{line}\n")
    assert "tracing.s" in said


def test_the_extra_must_be_installed() -> None:
    """Where it is not, the mistake says how: tried in a Python that does not find the packages."""
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from waitroom.settings.tracing import TracingSettings\n"
        "TracingSettings()\n"
        "TracingSettings(endpoint='http://collector:4318/v1/traces')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert 1 == ran.returncode
    assert 'pip install "waitroom[otel]"' in ran.stderr
