"""``python -m admin.metrics > docs/metrics.md``."""

from __future__ import annotations

from admin.metrics.manual import manual

if __name__ == "__main__":
    print(manual(), end="")
