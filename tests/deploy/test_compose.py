"""The files of the site on one machine fit together, and to the image."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from waitroom.settings import load

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "compose"
SERVICES: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]


def test_every_file_that_is_mounted_is_there() -> None:
    """From the checkout: nothing has to be made first but the secret."""
    mounts = [str(each) for service in SERVICES.values() for each in service.get("volumes", [])]
    files = [each.split(":")[0] for each in mounts if each.startswith(".")]
    assert 6 <= len(files)
    assert [] == [file for file in files if not (FOLDER / file).exists()]


def test_every_volume_is_declared() -> None:
    """By its name."""
    declared = yaml.safe_load((FOLDER / "compose.yaml").read_text())["volumes"]
    mounts = [str(each) for service in SERVICES.values() for each in service.get("volumes", [])]
    assert set(declared) == {each.split(":")[0] for each in mounts if not each.startswith(".")}


def test_what_is_set_is_what_the_settings_know() -> None:
    """The gateway without a console, and the console, at one Redis with one secret."""
    for name, has_console in (("gateway", False), ("console", True), ("token", True)):
        environ = {**SERVICES[name]["environment"], "WAITROOM_SECRET": "a secret for tests only"}
        environ["WAITROOM_CONFIG"] = str(FOLDER / "waitroom.toml")
        settings = load(None, environ=environ)
        assert (has_console, "redis://redis:6379/0") == (settings.console, settings.redis_url)


def test_the_image_has_what_is_written_to() -> None:
    """What is a volume there belongs to the user that the image runs as; all else is read-only."""
    made = re.search(r"mkdir (.+) && chown waitroom (.+)", (ROOT / "Dockerfile").read_text())
    assert made is not None
    assert made[1] == made[2]
    for name in ("gateway", "console", "token"):
        assert SERVICES[name]["read_only"]
        paths = [each.split(":")[1] for each in SERVICES[name]["volumes"] if not each.startswith(".")]
        assert set(paths) <= set(made[1].split())


def test_prometheus_asks_the_console() -> None:
    """At its port, with the token that was made for it: once, so it must not end."""
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"][0]
    assert ["console:8001"] == config["static_configs"][0]["targets"]
    assert "--expires never" in SERVICES["token"]["command"][0]
    assert "> /token/prometheus" in SERVICES["token"]["command"][0]
    assert "/token/prometheus" == config["authorization"]["credentials_file"]
