"""The reports that are kept: a folder each in ``data_dir``, the newest ten."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

MOST = 10
_ABOUT = "about.json"
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A rehearsal whose report is kept. ``at`` is in seconds since 1970."""

    id: str
    at: float
    who: str
    title: str
    seconds: float
    """It took."""
    entered: int
    wait_p50: float | None
    """Half of those who entered waited no longer, in seconds."""
    wait_max: float | None


class Shelf:
    """The folder of the reports. Calls block, for milliseconds."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "rehearsals"

    def __repr__(self) -> str:
        return f"<Shelf {self._folder}>"

    def draft(self, rehearsal: str) -> Path:
        """An empty folder for a report that is being made; earlier drafts are thrown away."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._folder.glob(".draft-*"):
            shutil.rmtree(left, ignore_errors=True)
        made = self._folder / f".draft-{rehearsal}"
        made.mkdir(mode=0o700)
        return made

    def keep(self, draft: Path, *, rehearsal: str, at: float, who: str, title: str) -> Kept:
        """Puts a finished report to the others; beyond the newest ten they go. Raises ``OSError``, ``ValueError``."""
        report = json.loads((draft / "report.json").read_text(encoding="utf-8"))
        waits = report["wait_seconds"]
        kept = Kept(
            rehearsal, at, who, title, report["wall_seconds"], report["admitted"], waits["p50"], waits["max"]
        )
        (draft / _ABOUT).write_text(json.dumps(asdict(kept)), encoding="utf-8")
        draft.rename(self._folder / rehearsal)
        for old in self.all()[MOST:]:
            self.remove(old.id)
        return kept

    def drop(self, draft: Path) -> None:
        """Throws a draft away."""
        shutil.rmtree(draft, ignore_errors=True)

    def remove(self, rehearsal: str) -> bool:
        """Throws a report away; False where there is none."""
        folder = self._find(rehearsal)
        if folder is None:
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True

    def all(self) -> list[Kept]:
        """What is kept, the newest first. What cannot be read is passed over."""
        found = []
        for path in self._folder.glob(f"*/{_ABOUT}"):
            try:
                found.append(Kept(**json.loads(path.read_text(encoding="utf-8"))))
            except (OSError, ValueError, TypeError):
                continue
        return sorted(found, key=lambda kept: kept.at, reverse=True)

    def file(self, rehearsal: str, name: str) -> Path | None:
        """A file of a report; None where there is none."""
        folder = self._find(rehearsal)
        path = folder / name if folder else None
        return path if path is not None and path.is_file() else None

    def _find(self, rehearsal: str) -> Path | None:
        if not _ID.fullmatch(rehearsal):
            return None
        folder = self._folder / rehearsal
        return folder if folder.is_dir() else None
