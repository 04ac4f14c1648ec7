"""Reading the TOML file: its values, and the line on which each stands."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from waitroom.errors import SettingsError
from waitroom.settings.gathered import Gathered, Kind, Source
from waitroom.settings.positions import line_numbers

RELATIVE_PATHS = (
    "data_dir",
    "secret_file",
    "redis_ca_file",
    "redis_cert_file",
    "redis_key_file",
    "origin_ca_file",
    "tls_cert_file",
    "tls_key_file",
)
"""Settings whose relative paths start at the configuration file's folder."""

_PATHS_WITHIN = {"webhooks": ("secret_file",), "notify": ("secret_file", "url_file")}
"""The same in tables of which there may be several."""

_OF_PAGES = {
    "theme": ("logo", "logo_dark", "favicon", "css", "templates", "cloudflare_page"),
    "content": ("news", "faq", "chat", "products"),
}
"""The same in tables of the installation and of each room."""
_WHERE = re.compile(r"\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


def read_file(path: Path, into: Gathered) -> None:
    """Lay what the file at ``path`` says into ``into``. Raises ``SettingsError`` when it cannot be read."""
    text = _text(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_syntax(path, text, str(error))) from None
    except RecursionError:
        raise SettingsError(f"{path}: is nested too deeply") from None
    for name, value in values.items():
        into.put((name,), value, Source(Kind.FILE, str(path)))
    for place, line in line_numbers(text).items():
        into.sources[place] = Source(Kind.FILE, f"{path}:{line}", line)
    # Started from another folder, the same file must mean the same data.
    folder = Path(os.path.abspath(path)).parent  # noqa: PTH100 - resolve() would follow a linked file away
    into.values.setdefault("data_dir", "data")
    _start_at(folder, into.values, RELATIVE_PATHS)
    for name, paths in _PATHS_WITHIN.items():
        tables = into.values.get(name)
        for table in tables if isinstance(tables, list) else ():
            if isinstance(table, dict):
                _start_at(folder, table, paths)
    rooms = into.values.get("rooms")
    for holder in (into.values, *(rooms if isinstance(rooms, list) else ())):
        for name, paths in _OF_PAGES.items():
            table = holder.get(name) if isinstance(holder, dict) else None
            if isinstance(table, dict):
                _start_at(folder, table, paths)
    sign_in = into.values.get("sign_in")
    oidc = sign_in.get("oidc") if isinstance(sign_in, dict) else None
    if isinstance(oidc, dict):
        _start_at(folder, oidc, ("client_secret_file",))


def _start_at(folder: Path, table: dict[str, object], names: Iterable[str]) -> None:
    for name in names:
        given = table.get(name)
        if isinstance(given, str) and given and not given.startswith(("~", "http://", "https://")):
            table[name] = str(folder / given)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such file") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path}:{line}: is not UTF-8 text") from None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise SettingsError(f"{path!r}: is no name of a file") from None


def _syntax(path: Path, text: str, said: str) -> str:
    where = _WHERE.search(said)
    line = int(where["line"]) if where and where["line"] else text.count("\n") + 1
    column = f", column {where['column']}" if where and where["column"] else ""
    return f"{path}:{line}{column}: is not valid TOML: {_WHERE.sub('', said)}"
