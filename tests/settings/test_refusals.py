"""What is wrong is told in one line each: where, which setting, what was given, what is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from waitroom.errors import SettingsError
from waitroom.settings import load

Refused = Callable[..., list[str]]
Write = Callable[[str], Path]


def test_everything_is_told_at_once(refused: Refused) -> None:
    """All problems are listed in the order of the file, each with its line and the name of its room."""
    text = """\
port = "http"
prot = 3

[[rooms]]
name = "drop"  # rate = 1
rate = "fast"
paths = [
  "/drop/*",
  "drop",
]

[[rooms]]
name = "a"
keep = "1m"
entry = "2m"

[[rooms]]
mode = "atuo"
"""
    assert refused(text) == [
        'waitroom.toml:1: port: given "http"; allowed: a whole number from 0 to 65535 (0: any free port)',
        'waitroom.toml:2: prot: unknown setting; did you mean "port"?',
        'waitroom.toml:6: rooms[0].rate (room "drop"): given "fast"; '
        "allowed: a number from 0 to 1000000 (admissions per minute)",
        'waitroom.toml:9: rooms[0].paths[1] (room "drop"): given "drop"; allowed: a list of decoded paths '
        'that start with "/", with "*" only at the end, such as ["/drop/*"]',
        'waitroom.toml:15: rooms[1].entry (room "a"): given "2m"; must not be longer than keep (1m)',
        'waitroom.toml:17: rooms[2].name: must be set; allowed: 1 to 40 of a-z, 0-9 and "-", '
        'not at either end; not "health", "keys" or "static"',
        'waitroom.toml:18: rooms[2].mode: given "atuo"; '
        'allowed: one of "auto", "queue", "pass", "pause", "closed"',
    ]


def test_the_environment_is_named(refused: Refused) -> None:
    """A wrong variable is told by its name, together with what is wrong in the file."""
    assert refused(
        "workers = 0",
        WAITROOM_PORT="x",
        WAITROOM_PROT="1",
        WAITROOM_RATE="5",
        WAITROOM_ROOMS__0__RATE="-1",
        WAITROOM_ROOMS__0__RTAE="1",
        WAITROOM_ROOMS__5__RATE="1",
        WAITROOM_ROOMS__X="1",
    ) == [
        'WAITROOM_PORT: port: given "x"; allowed: a whole number from 0 to 65535 (0: any free port)',
        "WAITROOM_PROT: prot: unknown setting; did you mean WAITROOM_PORT?",
        "WAITROOM_RATE: rate: unknown setting; did you mean WAITROOM_ROOMS__0__RATE?",
        'WAITROOM_ROOMS__0__RATE: rooms[0].rate (room "main"): given "-1"; '
        "allowed: a number from 0 to 1000000 (admissions per minute)",
        'WAITROOM_ROOMS__0__RTAE: rooms[0].rtae (room "main"): unknown setting; '
        "did you mean WAITROOM_ROOMS__0__RATE?",
        "waitroom.toml:1: workers: given 0; allowed: a whole number from 1 to 256",
        "WAITROOM_ROOMS__X: unknown setting; after WAITROOM_ROOMS comes a number, as in WAITROOM_ROOMS__0",
        "WAITROOM_ROOMS__5__RATE: there is no rooms[5]; they are counted from 0",
    ]


def test_an_option_is_named(write: Write) -> None:
    """A wrong option of the command line is told by its name."""
    with pytest.raises(SettingsError) as error:
        load(write(""), environ={}, overrides={"admin_port": 70_000})
    assert str(error.value) == (
        "--admin-port: admin_port: given 70000; allowed: a whole number from 0 to 65535 (0: any free port)"
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("secrets = 1", 'did you mean "secret"?'),
        ("PORT = 1", 'did you mean "port"?'),
        ("rate = 1", "it belongs under [[rooms]]"),
        ('[[rooms]]\nname = "a"\nport = 1', "it belongs above the first [[rooms]]"),
        ("zzzz = 1", "known are secret, secret_file, data_dir, rooms, "),
        ("[gateway]\nport = 1", "known are "),
        ('"a\\nb" = 1', "known are "),
    ],
)
def test_unknown_settings(text: str, hint: str, refused: Refused) -> None:
    """An unknown setting comes with what was probably meant, or where it belongs."""
    (line,) = refused(text)
    assert f"unknown setting; {hint}" in line


WRONG = [
    *[f"secret = {value}" for value in ('""', '"too-short"', '["sixteen-letters-1", "x"]', "5", "[[]]")],
    *[f"secret_file = {value}" for value in ('""', "5")],
    *[
        f"redis_url = {value}"
        for value in ('""', '"localhost:6379"', '"redis://"', '"unix://"', '"redis://h:x"')
    ],
    *[
        f"origin = {value}"
        for value in (
            '"shop.example"',
            '"http://"',
            '"http://a/b"',
            '"http://a?b"',
            '"http://a:99999"',
            '"http://a:0"',
            '"ftp://a"',
            '"http://u:p@a"',
            '"http://a b"',
            '"http://[::1"',
            '"http://a#"',
            '"http://a..b"',
            "[]",
            '["http://a", "http://a"]',
            '["http://a", "HTTP://a/"]',
            '["http://a", "b"]',
            '["http://a", 5]',
            '"unix://shop.sock"',
            '"unix:///run/"',
            f'"unix:///{"x" * 107}"',
        )
    ],
    'origin = "https://a"\norigin_ca_file = ""',
    'origin = "https://a"\norigin_ca_file = 5',
    'origin = "https://a"\norigin_ca_file = "missing.pem"',
    'origin = "https://a"\norigin_ca_file = "."',
    'origin = "https://a"\norigin_ca_file = "waitroom.toml"',
    *[
        f'origin = "https://a"\norigin_server_name = {value}'
        for value in ('""', '"a:443"', '"https://a"', "5")
    ],
    'origin_server_name = "a"',
    'origin = ["unix:///run/shop.sock", "http://a"]\norigin_ca_file = "ca.pem"',
    *[f"trusted_proxies = {value}" for value in ('"10.0.0.0/8"', '["10.0.0.1/8"]', '["proxy"]', "[5]")],
    *[f"data_dir = {value}" for value in ('""', "5", '"a\\u0000b"')],
    *[f"rooms = {value}" for value in ("[]", "5", "{}", "[5]", '"main"')],
    *[f"host = {value}" for value in ('""', '"a b"', '"http://a"', "5")],
    *[f"port = {value}" for value in ("-1", "65536", "true", "1.5", '""', "1e400", "[]", "1979-05-27")],
    *[f"workers = {value}" for value in ("0", "257", "false")],
    "admin_port = 8000",
    'host = "0.0.0.0"\nadmin_port = 8000',
    *[f"origin_connect_timeout = {value}" for value in ("0", '"-1s"', '"2y"', "true", '"366d"')],
    "origin_connections = 0",
    'secret = "sixteen-letters-1"\nsecret_file = "x"',
]

WRONG_IN_ROOM = [
    *[
        f"name = {value}"
        for value in (
            '""',
            '"A"',
            '"-a"',
            '"a-"',
            '"a_b"',
            '"a\\n"',
            f'"{"a" * 41}"',
            '"health"',
            '"static"',
            "5",
        )
    ],
    *[
        f"hosts = {value}"
        for value in (
            '"a"',
            '["a:80"]',
            '["http://a"]',
            '["a/b"]',
            '["*.a"]',
            '[""]',
            '["a..b"]',
            '["-a"]',
            "[5]",
            f'["{"a" * 64}.b"]',
        )
    ],
    *[
        f"paths = {value}"
        for value in (
            '"/a"',
            '["a"]',
            '["/*/a"]',
            '["/a?b"]',
            '["/a#"]',
            '["//a"]',
            '["/a/../b"]',
            '["/%61"]',
            '["/a**"]',
            '["*"]',
            '[""]',
            "['/a\\b']",
        )
    ],
    *[f"rate = {value}" for value in ("-1", "1000001", "nan", "inf", "true", '"5/min"', "[]")],
    *[f"capacity = {value}" for value in ("-1", "1.5", "true")],
    *[f"mode = {value}" for value in ('"open"', '"AUTO"', "5", "true")],
    *[f"session = {value}" for value in ("0", '"999ms"', '""', '"ten minutes"', "true", "07:32:00")],
    *[f"hold_status = {value}" for value in ("500", '"503x"', "true", "503.5")],
    *[f"message = {value}" for value in ("5", f'"{"x" * 501}"')],
    'burst = "-1s"',
    "presence = 0.5",
    'keep = "10s"\nentry = "11s"',
]


@pytest.mark.parametrize(
    "text",
    WRONG
    + [f'[[rooms]]\nname = "a"\n{line}' for line in WRONG_IN_ROOM if "name" not in line]
    + [f"[[rooms]]\n{line}" for line in WRONG_IN_ROOM if "name" in line],
)
def test_wrong_values(text: str, refused: Refused) -> None:
    """A wrong value is told in one short line of our own words: where, which setting, what is allowed."""
    lines = refused(text)
    assert len(lines) == 1
    assert re.match(r"waitroom\.toml(:\d+)?: [a-z_]+(\[\d\])?", lines[0])
    assert re.search(r"[;:] (allowed: |must |cannot )", lines[0])
    assert not re.search(r"pydantic|Input should|type=|Error|None", lines[0])
    assert len(lines[0]) < 300


@pytest.mark.parametrize(
    ("rooms", "line"),
    [
        (
            [{"name": "a", "paths": ["/a"]}, {"name": "a", "paths": ["/b"]}],
            'rooms[1].name (room "a"): another room has that name already (rooms[0])',
        ),
        (
            [{"name": "a"}, {"name": "b"}],
            'rooms[1].paths (room "b"): room "a" covers the same already (any host, any path)',
        ),
        (
            [
                {"name": "a", "hosts": ["X.example"], "paths": ["/P*"]},
                {"name": "b", "hosts": ["x.Example"], "paths": ["/q", "/p*"]},
            ],
            'rooms[1].paths (room "b"): room "a" covers the same already (x.example, /p*)',
        ),
        (
            [{"name": "a", "paths": ["/*"]}, {"name": "b"}],
            'rooms[1].paths (room "b"): room "a" covers the same already (any host, any path)',
        ),
    ],
)
def test_rooms_in_each_others_way(rooms: list[dict[str, object]], line: str, refused: Refused) -> None:
    """Two rooms of one name, or for the same host and path, are refused, also beside other problems."""
    assert [f"WAITROOM_ROOMS: {line}"] == refused("", WAITROOM_ROOMS=json.dumps(rooms))
    assert f"WAITROOM_ROOMS: {line}" in refused(
        "port = -1", WAITROOM_ROOMS=json.dumps([*rooms, {"name": "-"}])
    )


def test_rooms_that_differ_are_accepted(write: Write) -> None:
    """Rooms may overlap as long as one is more specific."""
    rooms = [
        {"name": "a"},
        {"name": "b", "paths": ["/b"]},
        {"name": "c", "paths": ["/b*"]},
        {"name": "d", "hosts": ["x"]},
    ]
    assert len(load(write(""), environ={"WAITROOM_ROOMS": json.dumps(rooms)}).rooms) == 4


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("port = \n", "waitroom.toml:1, column 8: is not valid TOML: Invalid value"),
        (
            "a = 1\nport 5",
            "waitroom.toml:2, column 6: is not valid TOML: Expected '=' after a key in a key/value pair",
        ),
        ("a = 1\nrooms = [", "waitroom.toml:2: is not valid TOML: Invalid value"),
        ("a = 1\na = 2\n", "waitroom.toml:2, column 6: is not valid TOML: Cannot overwrite a value"),
    ],
)
def test_what_is_no_toml(text: str, line: str, refused: Refused) -> None:
    """A syntax error is told with line and column."""
    (told,) = refused(text)
    assert line.partition("TOML")[0] == told.partition("TOML")[0]


def test_what_is_no_text(tmp_path: Path) -> None:
    """A file that is not UTF-8 is told with the line."""
    path = tmp_path / "waitroom.toml"
    path.write_bytes(b"port = 5\nhost = '\xff'\n")
    with pytest.raises(SettingsError, match=re.escape(f"{path}:2: is not UTF-8 text")):
        load(path, environ={})


def test_what_is_no_json(refused: Refused) -> None:
    """Rooms in the environment that are no JSON are told with the column."""
    (line,) = refused("", WAITROOM_ROOMS="[{]")
    assert line.startswith("WAITROOM_ROOMS: is not valid JSON: ")


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        ('secret = "hunter2"', {}),
        ('secret = ["hunter2"]', {}),
        ('secret = {hunter = "hunter2"}', {}),
        ('secrett = "hunter2-hunter2-hunter2"', {}),
        ('redis_url = "http://user:hunter2@h"', {}),
        ('redis_url = "redis:/:hunter2@h"', {}),
        ('redis_url = "http://h?password=hunter2"', {}),
        ('origin = "http://user:hunter2@h"', {}),
        ('origin = ["http://a", "http://user:hunter2@h"]', {}),
        ("", {"WAITROOM_ORIGIN": "http://a, http://user:hunter2@h"}),
        ("", {"WAITROOM_SECRET": "hunter2"}),
        ("", {"WAITROOM_SECRET": '["hunter2", 5]'}),
        ("", {"WAITROOM_SECRETS": "hunter2-hunter2-hunter2"}),
        ("", {"WAITROOM_REDIS_URL": "ftp://:hunter2@h"}),
    ],
)
def test_secrets_are_never_told(text: str, environ: dict[str, str], refused: Refused) -> None:
    """What was given for a secret, or as a password, is in no message."""
    lines = refused(text, **environ)
    assert lines
    assert "hunter2" not in "".join(lines)


def test_a_long_value_is_cut_and_stays_on_one_line(refused: Refused) -> None:
    """Line breaks and length in what was given do not reach the message."""
    (line,) = refused(f'host = "a\\nb{"x" * 1000}"')
    assert 'given "a\\nbxxx' in line
    assert len(line) < 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[rooms.sharing]\nnetworks = 1",
            'sharing.networks (room "a"): given 1; allowed: a whole number from 2 to 1000',
        ),
        (
            "[rooms.join_limit]\nper_address = 5\nper_network = 4",
            'join_limit.per_network (room "a"): given 4; must not be less than per_address (5), or be 0',
        ),
    ],
)
def test_limits_that_nobody_can_have_meant(refused: Refused, text: str, said: str) -> None:
    """A visit of two networks is ordinary; and no network has fewer people than one of its addresses."""
    [line] = refused(f'[[rooms]]\nname = "a"\n{text}\n')
    assert said in line


def test_a_network_need_have_no_limit(write: Write) -> None:
    """0 is none, and so more than any."""
    text = '[[rooms]]\nname = "a"\n[rooms.join_limit]\nper_address = 5\n[rooms.sharing]\nnetworks = 2\n'
    [room] = load(write(text), environ={}).rooms
    assert (5, 0, 2) == (room.join_limit.per_address, room.join_limit.per_network, room.sharing.networks)


def test_why_a_ramp_is_none(refused: Refused) -> None:
    """The part that is wrong is told, and what can be written."""
    event = {"name": "sale", "opens": "2026-12-01 10:00", "rate": "100, then +50 every 5m to 60"}
    (line,) = refused("", WAITROOM_ROOMS=json.dumps([{"name": "a", "events": [event]}]))
    assert (
        "'then +50 every 5m to 60' never gets there from 100; allowed: a rate, or a rate with its steps"
        in line
    )


def test_a_list_that_breaks_a_rule_is_not_called_a_list(refused: Refused) -> None:
    """Events that overlap are told by name and time; that they stand in a list is no news."""
    events = [
        {"name": name, "opens": f"2026-12-01 {hour}:00", "closes": "6h"}
        for name, hour in (("a", 10), ("b", 12))
    ]
    assert refused(
        "", WAITROOM_ROOMS=json.dumps([{"name": "a", "timezone": "Europe/Riga", "events": events}])
    ) == [
        "WAITROOM_ROOMS: rooms[0].events (room \"a\"): 'b' begins at 2026-12-01 12:00 EET, before 'a' closes at "
        "2026-12-01 16:00 EET"
    ]
