"""``waitroom verify-draw`` as users type it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.line.draw_vector import COMMITMENT, RECORD, SEED
from waitroom.cli.verify_draw import DrawReport, verify
from waitroom.errors import WaitroomError
from waitroom.line.draw import AnnouncedDraw, DrawRecord, PublishedDraws

TEXT = json.dumps(RECORD)
HELD = DrawRecord.parse(TEXT)
MEMBERS = DrawRecord.reveal(
    bytes.fromhex(SEED), HELD.digest, room="drop", event=HELD.event, lane="members", opened_at=5, first=1, count=3
)  # fmt: skip
ANNOUNCED = AnnouncedDraw(
    room="drop", event="x", lane="general", opens_at=None, commitment=COMMITMENT, digest=HELD.digest, issued=0
)  # fmt: skip


Report = Callable[..., DrawReport]


def run(record: str, *options: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """The command with what it reads from standard input."""
    return subprocess.run(
        [sys.executable, "-m", "waitroom", "verify-draw", record, *options],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


class Published(BaseHTTPRequestHandler):
    """A gateway with one draw at ``/draw``, and other answers elsewhere."""

    def do_GET(self) -> None:
        """Answers by the path."""
        status = {"/draw": 200, "/moved": 302, "/busy": 503, "/page": 200, "/endless": 200}.get(
            self.path, 404
        )
        bodies = {"/page": b"<!doctype html>", "/endless": b" " * 3_000_000}
        body = bodies.get(self.path, PublishedDraws(held=(HELD,)).to_json())
        self.send_response(status)
        if status == 302:
            self.send_header("location", "/draw")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Says nothing."""


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """``report(text, number=…, lane=…, noted=…)``: what the command finds of a file with this text."""
    file = tmp_path / "record.json"

    def find(
        text: str, *, number: int | None = None, lane: str | None = None, noted: str | None = None
    ) -> DrawReport:
        file.write_text(text)
        return verify(str(file), number=number, lane=lane, noted=noted)

    return find


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of such a gateway."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Published)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_proper_record_is_well() -> None:
    """It says what was checked, and with what to compare the rest."""
    done = run("-", given=TEXT)
    assert (0, "") == (done.returncode, done.stderr)
    first = ", ".join(str(HELD.draw.number_at(turn)) for turn in range(1, 6))
    assert [
        "room drop, opening 2030-06-01T10:00:00Z, lane general: 40,000 drawn, tickets 1 to 40,000, "
        "2030-06-01 10:00:00.250+00:00",
        "ok    the seed is the one that was committed to",
        "ok    the key follows from the seed, the digest and who waited",
        f"note  compare with what was published before the opening: {COMMITMENT}",
        f"the order of tickets: {first}, …",
    ] == done.stdout.splitlines()


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (1, "ticket 1 was drawn 19,266th of 40,000"),
        (40_000, "ticket 40,000 was drawn 10,463rd of 40,000"),
        (40_001, "ticket 40,001 was not drawn: it came after the opening, and stands behind the draw"),
    ],
)
def test_a_ticket_is_told_its_place(report: Report, number: int, told: str) -> None:
    """In words that can be read out."""
    assert told == report(TEXT, number=number).to_text().splitlines()[-1]


def test_a_ticket_before_the_drawn_is_told_so(report: Report) -> None:
    """It was called before the opening, in an earlier hour of the same line."""
    later = DrawRecord.reveal(
        bytes(32), HELD.digest, room="drop", event="x", lane="general", opened_at=5, first=9, count=3
    )
    told = report(later.to_json().decode(), number=8).to_text().splitlines()[-1]
    assert "ticket 8 was not drawn: it stands before those who were" == told


def test_places_are_spoken_as_people_do(report: Report) -> None:
    """First, second, third, eleventh."""
    ordinals = ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th", "1,012th"]
    for ordinal in ordinals:
        place = int("".join(filter(str.isdigit, ordinal)))
        text = report(TEXT, number=HELD.draw.number_at(place)).to_text()
        assert f"drawn {ordinal} of 40,000" in text


def test_json_for_programs() -> None:
    """The same as an object, with the ticket's place in each lane."""
    published = PublishedDraws(held=(HELD, MEMBERS)).to_json().decode()
    told = json.loads(run("-", "--number", "1", "--json", given=published).stdout)
    assert (True, []) == (told["ok"], told["findings"])
    assert [("general", 19_266, 19_266), ("members", MEMBERS.place_of(1), MEMBERS.place_of(1))] == [
        (draw["lane"], draw["place"], draw["turn"]) for draw in told["draws"]
    ]


@pytest.mark.parametrize(
    ("change", "check"),
    [({"seed": "00" * 32}, "commitment"), ({"digest": "00" * 20}, "key"), ({"count": 39_999}, "key")],
)
def test_a_changed_record_is_told(report: Report, change: dict[str, object], check: str) -> None:
    """And no place is told by a record that is wrong."""
    found = report(json.dumps({**RECORD, **change}), number=1)
    assert not found.ok
    assert f"WRONG {check}: " in found.to_text()
    assert "was drawn" not in found.to_text()
    told = json.loads(found.to_json())
    assert check in {finding["check"] for finding in told["findings"]}


def test_a_changed_record_is_exit_code_1() -> None:
    """For scripts, whichever way it is printed."""
    for options in ((), ("--json",)):
        assert 1 == run("-", *options, given=json.dumps({**RECORD, "key": "00" * 32})).returncode


def test_a_note_is_compared(report: Report) -> None:
    """The commitment as it was noted, in capitals or not; one that is not that of the record is wrong."""
    found = report(TEXT, noted=f" {COMMITMENT.upper()} ")
    assert found.ok
    assert "ok    the commitment is the one that was noted before the opening" in found.to_text()
    assert "note" not in found.to_text().split()
    found = report(TEXT, noted="00" * 32)
    assert not found.ok
    assert "WRONG noted: " in found.to_text()


def test_one_lane_of_several(report: Report) -> None:
    """Only that one is told; one that is not there is named with those that are."""
    text = PublishedDraws(held=(HELD, MEMBERS)).to_json().decode()
    assert 1 == report(text, lane="members").to_text().count("room drop")
    with pytest.raises(WaitroomError, match=r"there is no lane .nobodies.; the lanes are general, members$"):
        report(text, lane="nobodies")


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("", "no record of a draw: Expecting value"),
        ("[]", "no draw was held yet"),
        (json.dumps({**RECORD, "first": 0}), "record: first: given 0; allowed: a whole number from 1 to"),
        (
            PublishedDraws((ANNOUNCED,)).to_json().decode(),
            f"no draw was held yet; the commitment of each lane is\ngeneral: {COMMITMENT}",
        ),
    ],
)
def test_what_cannot_be_checked_is_said(report: Report, tmp_path: Path, given: str, complaint: str) -> None:
    """With the file and the reason."""
    with pytest.raises(WaitroomError) as refused:
        report(given)
    assert str(refused.value).startswith(f"{tmp_path}/record.json: {complaint}")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Is named, and the exit code is 1."""
    done = run(str(tmp_path / "none.json"))
    assert (1, f"waitroom: {tmp_path}/none.json: No such file or directory\n") == (
        done.returncode,
        done.stderr,
    )


@pytest.mark.parametrize("options", [("--number", "0"), ("--commitment", "abc")])
def test_wrong_usage_is_exit_code_2(options: tuple[str, str]) -> None:
    """An option that means nothing is wrong usage, not a failed check."""
    assert 2 == run("-", *options, given=TEXT).returncode


def test_a_record_is_fetched(site: str) -> None:
    """From the gateway's own address, and from where that has moved to."""
    for path in ("/draw", "/moved"):
        found = verify(site + path, number=1, lane=None, noted=None)
        assert "ticket 1 was drawn 19,266th of 40,000" == found.to_text().splitlines()[-1]


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/none", "there is no draw at this address"),
        ("/busy", "the answer is 503 Service Unavailable"),
        ("/page", "no record of a draw: Expecting value"),
        ("/endless", "no record of a draw: longer than 1048576 bytes"),
    ],
)
def test_an_address_without_a_record_says_so(site: str, path: str, complaint: str) -> None:
    """With the reason, and not more than a megabyte of it is read."""
    with pytest.raises(WaitroomError) as refused:
        verify(site + path, number=None, lane=None, noted=None)
    assert str(refused.value).startswith(f"{site}{path}: {complaint}")


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/draw", "http://[/", "https://127.0.0.1:9/"])
def test_an_address_that_does_not_answer_says_so(address: str) -> None:
    """As an error of ours."""
    with pytest.raises(WaitroomError) as refused:
        verify(address, number=None, lane=None, noted=None)
    assert str(refused.value).startswith(f"{address}: ")
