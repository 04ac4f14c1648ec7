"""Hosts of their own on one machine: network namespaces, joined by a bridge in a namespace that nobody else sees.

See network_namespaces(7) and veth(4). It takes root, or what a user namespace does not give: the calling thread enters
the namespace of the hub itself (setns(2)), so that what a test opens from then on is opened there.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.needs import missing, program

CLONE_NEWNET = 0x40000000
NETWORK = "10.77.0"
HUB = f"{NETWORK}.1"


class Host:
    """A namespace with one address on the network. ``run`` is what stands in front of a command to run it there."""

    def __init__(self, number: int) -> None:
        self.address = f"{NETWORK}.{number}"
        self._holder = subprocess.Popen([program("unshare"), "-n", program("sleep"), "infinity"])
        self.run = [program("nsenter"), f"--net=/proc/{self._holder.pid}/ns/net"]
        _until_apart(self._holder.pid)
        self.ip("link", "set", "lo", "up")

    def __repr__(self) -> str:
        return f"<Host {self.address}>"

    @property
    def pid(self) -> int:
        """The process that keeps the namespace."""
        return self._holder.pid

    def ip(self, *words: str) -> None:
        """A command of ip(8) in it."""
        subprocess.run([*self.run, program("ip"), *words], check=True, capture_output=True)

    def loses(self, *others: Host) -> None:
        """Nothing that it sends to these arrives any more, and nobody is told: as where a link between them is cut."""
        for other in others:
            self.ip("route", "add", "blackhole", f"{other.address}/32")

    def finds(self, *others: Host) -> None:
        """The link is back."""
        for other in others:
            self.ip("route", "del", "blackhole", f"{other.address}/32")

    @contextmanager
    def dropping(self, percent: int) -> Iterator[None]:
        """So many in a hundred packets that come to it or leave it are lost, each by chance (nft(8), ``numgen``). Some
        must have been, or it raises."""
        chains = [
            f"chain {hook} {{ type filter hook {hook} priority 0; "
            f"{way} != lo numgen random mod 100 < {percent} counter drop; }};"
            for hook, way in (("input", "iifname"), ("output", "oifname"))
        ]
        self._do("nft", f"table inet lossy {{ {' '.join(chains)} }}")
        try:
            yield
        finally:
            counted = re.findall(r"counter packets (\d+)", self._do("nft", "list", "table", "inet", "lossy"))
            self._do("nft", "delete", "table", "inet", "lossy")
        if not all(map(int, counted)):
            raise OSError(f"no packet was lost: {counted}")

    @contextmanager
    def narrowed(self, rate: str) -> Iterator[None]:
        """What it sends goes through a narrow line: it waits its turn, and what waits for a second is lost (tc-tbf(8)).
        Some must have waited, or it raises."""
        self._do("tc", *f"qdisc add dev eth root tbf rate {rate} burst 2kb latency 1s".split())
        try:
            yield
        finally:
            told = self._do("tc", "-s", "qdisc", "show", "dev", "eth")
            self._do("tc", "qdisc", "del", "dev", "eth", "root")
        if not re.search(r"overlimits [1-9]", told):
            raise OSError(f"no packet had to wait: {told}")

    def _do(self, name: str, *words: str) -> str:
        command = [*self.run, program(name), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def end(self) -> None:
        """The namespace goes with its last process."""
        self._holder.send_signal(signal.SIGKILL)
        self._holder.wait()


@contextmanager
def hosts(count: int) -> Iterator[Sequence[Host]]:
    """The hub, in which the block runs, and so many hosts beside it."""
    if sys.platform != "linux" or os.geteuid() != 0:
        missing("network namespaces need root")
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    made: list[Host] = []
    try:
        try:
            made.extend(Host(number + 1) for number in range(count + 1))
        except (subprocess.CalledProcessError, OSError) as error:
            missing(f"there are no network namespaces here: {error}")
        hub = made[0]
        hub.ip("link", "add", "wire", "type", "bridge")
        hub.ip("address", "add", f"{hub.address}/24", "dev", "wire")
        hub.ip("link", "set", "wire", "up")
        for number, host in enumerate(made[1:]):
            name = f"port{number}"
            hub.ip("link", "add", name, "type", "veth", "peer", "name", "eth", "netns", str(host.pid))
            hub.ip("link", "set", name, "master", "wire", "up")
            host.ip("address", "add", f"{host.address}/24", "dev", "eth")
            host.ip("link", "set", "eth", "up")
        there = os.open(f"/proc/{hub.pid}/ns/net", os.O_RDONLY)
        _enter(there)
        os.close(there)
        yield made
    finally:
        _enter(here)
        os.close(here)
        for host in made:
            host.end()


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _until_apart(pid: int) -> None:
    """`unshare` has made the namespace by the time that it runs the command."""
    for _ in range(2000):
        if Path(f"/proc/{pid}/comm").read_text().strip() == "sleep":
            return
        os.sched_yield()
    raise OSError("unshare does not run")
