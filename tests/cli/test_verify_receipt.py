"""`waitroom verify-receipt`: from a visitor's browser to the record, with a real gateway."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from redis import Redis as BlockingRedis

CONFIG = """
redis_url = "{redis_url}"
secret = "a secret of the test itself"
console = false
origin = "http://127.0.0.1:9"
[[rooms]]
name = "drop"
mode = "queue"
rate = 0
"""
SETTINGS = ("--config", "waitroom.toml")
NAVIGATION = {"accept": "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "waitroom", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def gateway(tmp_path: Path, redis_url: str) -> Iterator[str]:
    """The address of a gateway that lets nobody in yet."""
    with BlockingRedis.from_url(redis_url) as redis:
        redis.flushall()
    (tmp_path / "waitroom.toml").write_text(CONFIG.format(redis_url=redis_url))
    command = [sys.executable, "-m", "waitroom", "serve", "--port", "0", *SETTINGS]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[2]
        finally:
            process.terminate()


def visitor(gateway: str, folder: Path, name: str) -> httpx.Client:
    """Somebody who joins and keeps a receipt."""
    client = httpx.Client(base_url=gateway, trust_env=False)
    assert 503 == client.get("/", headers=NAVIGATION).status_code
    kept = client.get("/__waitroom/drop/receipt", headers=NAVIGATION)
    assert 200 == kept.status_code
    (folder / name).write_text(kept.text)
    return client


def test_a_receipt_is_followed_to_its_turn(gateway: str, tmp_path: Path) -> None:
    """Before its turn it says how far the line is, afterwards when it was called."""
    first = visitor(gateway, tmp_path, "first.txt")
    second = visitor(gateway, tmp_path, "second.txt")
    kept = first.get("/__waitroom/drop/receipt", headers=NAVIGATION)
    assert 'attachment; filename="receipt-drop-general-1.txt"' == kept.headers["content-disposition"]
    assert "no-store, private" == kept.headers["cache-control"]
    assert f"--keys {gateway}/__waitroom/keys" in kept.text

    waiting = run("verify-receipt", "second.txt", *SETTINGS, folder=tmp_path)
    assert 0 == waiting.returncode, waiting
    assert waiting.stdout.startswith("room drop: ticket 2 of lane general, turn 2, joined at 20")
    assert "ok    the record holds what it held when the receipt was made" in waiting.stdout
    assert "note  the record tells of no call in this life of the line" in waiting.stdout

    run("set", "drop", "rate=600", *SETTINGS, folder=tmp_path)
    deadline = time.monotonic() + 20
    while first.get("/", headers={"accept": "application/json"}).status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    called = run("verify-receipt", "first.txt", *SETTINGS, folder=tmp_path)
    assert 0 == called.returncode
    assert "ok    turn 1 was called at 20" in called.stdout

    (tmp_path / "keys.json").write_text(httpx.get(f"{gateway}/__waitroom/keys", trust_env=False).text)
    (tmp_path / "drop.jsonl").write_text(run("record", "drop", "--json", *SETTINGS, folder=tmp_path).stdout)
    elsewhere = ("--keys", "keys.json", "--file", "drop.jsonl", "--json")
    told = json.loads(run("verify-receipt", "first.txt", *elsewhere, folder=tmp_path).stdout)
    assert (True, True, 1) == (told["ok"], told["honoured"], told["receipt"]["number"])
    by_address = run("verify-receipt", "first.txt", "--keys", f"{gateway}/__waitroom/keys", folder=tmp_path)
    assert (0, True) == (by_address.returncode, "note  whether the place" in by_address.stdout)
    first.close()
    second.close()


def test_a_place_that_was_given_up_is_told(gateway: str, tmp_path: Path) -> None:
    """Who began the line anew, and why."""
    visitor(gateway, tmp_path, "lost.txt").close()
    run("reset", "drop", "--yes", "--why", "it went wrong", *SETTINGS, folder=tmp_path)
    lost = run("verify-receipt", "lost.txt", *SETTINGS, folder=tmp_path)
    assert 1 == lost.returncode
    assert "WRONG turn 1 was never called: at 20" in lost.stdout
    assert "by command line: it went wrong" in lost.stdout


def test_a_record_that_was_written_anew_is_found(gateway: str, tmp_path: Path, redis_url: str) -> None:
    """Whoever rewrites the record, chain and all, does not know which receipts there are."""
    visitor(gateway, tmp_path, "kept.txt").close()
    with BlockingRedis.from_url(redis_url) as redis:
        redis.delete("waitroom:1:{drop}:log")
        epoch = int(redis.hget("waitroom:1:{drop}:room", "epoch") or 0)
        redis.xadd("waitroom:1:{drop}:log", {"type": "began", "epoch": epoch, "clock": 1}, id="1-1")
    found = run("verify-receipt", "kept.txt", *SETTINGS, folder=tmp_path)
    assert 1 == found.returncode
    assert "WRONG the record is not the one that there was when the receipt was made" in found.stdout


def test_programs_get_json_and_strangers_nothing(gateway: str, tmp_path: Path) -> None:
    """The same claims as members; 404 without a ticket; the keys are public and cacheable."""
    with closing(visitor(gateway, tmp_path, "x.txt")) as client:
        got = client.get("/__waitroom/drop/receipt", headers={"accept": "application/json"}).json()
        assert (1, "general", "/__waitroom/keys") == (got["says"]["number"], got["says"]["lane"], got["keys"])
        assert 405 == client.post("/__waitroom/drop/receipt").status_code
    without = httpx.get(f"{gateway}/__waitroom/drop/receipt", trust_env=False)
    assert (404, "application/problem+json") == (without.status_code, without.headers["content-type"])
    page = httpx.get(f"{gateway}/__waitroom/drop/receipt", headers=NAVIGATION, trust_env=False)
    assert (404, True) == (page.status_code, page.headers["content-type"].startswith("text/html"))
    keys = httpx.get(f"{gateway}/__waitroom/keys", trust_env=False)
    assert ("public, max-age=300", "application/jwk-set+json") == (
        keys.headers["cache-control"], keys.headers["content-type"],
    )  # fmt: skip
    assert 405 == httpx.post(f"{gateway}/__waitroom/keys", trust_env=False).status_code
    assert 404 == httpx.get(f"{gateway}/__waitroom/keys/1", trust_env=False).status_code


def test_a_forged_receipt_is_told(tmp_path: Path, redis_url: str) -> None:
    """One line says what is wrong with it."""
    (tmp_path / "waitroom.toml").write_text(CONFIG.format(redis_url=redis_url))
    (tmp_path / "forged.txt").write_text("eyJhbGciOiJFZERTQSJ9.eyJudW1iZXIiOjF9.eHl6")
    done = run("verify-receipt", "forged.txt", *SETTINGS, folder=tmp_path)
    assert (1, "waitroom: forged.txt: this is signed, and no receipt\n") == (done.returncode, done.stderr)
    missing = run("verify-receipt", "none.txt", *SETTINGS, folder=tmp_path)
    assert (1, "waitroom: none.txt: No such file or directory\n") == (missing.returncode, missing.stderr)
