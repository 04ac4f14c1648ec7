"""The Autobahn test suite against the shop itself and through the gateway: what passes there passes here.

The suite needs Python 2.7, which few machines have: ``.ci/run`` gets it where there is one. By hand::

    pip install 'virtualenv<20.22' && virtualenv --python python2.7 wstest
    wstest/bin/pip install --requirement .ci/autobahn.txt
    AUTOBAHN_WSTEST=wstest/bin/wstest pytest tests/websockets/test_autobahn.py
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contract.harness import Gateway

WSTEST = os.environ.get("AUTOBAHN_WSTEST") or shutil.which("wstest")
PASSED = frozenset({"OK", "NON-STRICT", "INFORMATIONAL"})
"""What the suite counts as passed. Between OK and NON-STRICT it is a matter of luck in 3.4, 4.1.5 and 4.2.5, which
send a message and a wrong frame octet by octet: whether the shop reads both at once, and so fails before it has
echoed the message, depends on how busy the machine is. That is so directly, and more often
with a gateway in between."""
CASES = 290
"""There are more: fewer mean that the suite did not run."""


@pytest.mark.skipif(WSTEST is None, reason="the Autobahn test suite is not here (it needs Python 2.7)")
def test_what_passes_directly_passes_through_the_gateway(gateway: Gateway, shop: str, tmp_path: Path) -> None:
    """Of all its cases but the slow ones of mass and compression, which are run in small."""
    assert WSTEST is not None
    servers = [
        {"agent": agent, "url": url.replace("http", "ws") + "/lab/ws"}
        for agent, url in (("direct", shop), ("gateway", gateway.url))
    ]
    spec = tmp_path / "spec.json"
    cases = {"cases": ["*"], "exclude-cases": ["9.7.*", "9.8.*", "12.*", "13.*"], "exclude-agent-cases": {}}
    some = ["12.1.1", "12.2.5", "13.1.1", "13.5.3"]
    verdicts: dict[str, dict[str, dict[str, str]]] = {"direct": {}, "gateway": {}}
    for number, chosen in enumerate((cases, {**cases, "cases": some, "exclude-cases": []})):
        folder = tmp_path / str(number)
        spec.write_text(json.dumps({"outdir": str(folder), "servers": servers, **chosen}))
        command = [*shlex.split(WSTEST), "-m", "fuzzingclient", "-s", str(spec)]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=300)
        for agent, found in json.loads((folder / "index.json").read_text()).items():
            verdicts[agent] |= found
    direct, through = verdicts["direct"], verdicts["gateway"]
    assert len(direct) > CASES
    assert set(direct) == set(through)
    lost = {
        case: (direct[case], through[case])
        for case in direct
        for kind in ("behavior", "behaviorClose")
        if direct[case][kind] in PASSED and through[case][kind] not in PASSED
    }
    assert {} == lost
