"""Options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="The configuration file (TOML). Every setting can also come from the environment, "
        "as WAITROOM_…, which wins.",
        show_default=False,
    ),
]
