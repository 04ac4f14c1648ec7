"""The configuration for nginx is one, also with what stands in it as a comment."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.faults.site import free_port
from tests.needs import program

CONFIG = (Path(__file__).parents[2] / "deploy" / "nginx" / "waitroom.conf").read_text()
SOURCES = re.compile(r"^( *)# (?=split_clients|    \d+% |    \* |}|proxy_bind)", re.MULTILINE)


@pytest.mark.parametrize("sources", ["one", "several"])
def test_nginx_understands_it(sources: str, tmp_path: Path) -> None:
    """As it comes, and with several addresses to come from; the folder of the cache is made by nginx itself."""
    site = CONFIG if sources == "one" else SOURCES.sub(r"\1", CONFIG)
    assert (sources == "several") == ("\n    proxy_bind " in site)
    (cache,) = re.findall(r"^proxy_cache_path (\S+)", site, re.MULTILINE)
    site = site.replace(cache, f"{tmp_path}/cache").replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    temporary = "".join(
        f"{name}_temp_path {tmp_path}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    around = (
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {temporary} {site} }}"
    )
    (tmp_path / "config").write_text(f"user root;\n{around}" if os.geteuid() == 0 else around)
    command = [program("nginx"), "-t", "-e", "stderr", "-c", str(tmp_path / "config")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (0, []) == (done.returncode, re.findall(r"\[(?:emerg|alert|error|warn)\].*", done.stderr))
    assert (tmp_path / "cache").is_dir()


def test_the_cache_s_folder_can_be_made() -> None:
    """Its parent comes with the system: nginx makes the last folder only."""
    (cache,) = re.findall(r"^proxy_cache_path (\S+)", CONFIG, re.MULTILINE)
    assert Path("/var/cache") == Path(cache).parent
