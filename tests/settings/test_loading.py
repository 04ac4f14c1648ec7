"""Settings come from the file, the environment and the command line, the later over the earlier."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from waitroom.errors import SettingsError
from waitroom.settings import Mode, RoomSettings, Settings, allowed, load
from waitroom.settings.tables import tables

Read = Callable[..., Settings]
Write = Callable[[str], Path]

FULL = """
secret = ["a-new-secret-of-mine", "an-old-secret-of-mine"]
redis_url = "redis://127.0.0.1:6379/0"
origin = "https://shop.internal:8443/"
trusted_proxies = ["127.0.0.1/32", "2001:db8::/32", "10.1.2.3"]
data_dir = "./state"
workers = 4
origin_response_timeout = "1m30s"

[[rooms]]
name = "drop"
hosts = ["Shop.Example", "[::1]", "b\u00fccher.example"]
paths = ["/drop/*", "/sale"]
rate = 120.5
capacity = 40
mode = "queue"
session = "1h30m"
keep = 300
presence = "90s"
burst = "500ms"
entry = "30s"
hold_status = 429
message = "Soon."

[[rooms]]
name = "rest"
"""


def test_a_whole_file(read: Read, tmp_path: Path) -> None:
    """Every kind of value is read, durations as seconds, hosts as browsers send them."""
    settings = read(FULL)
    assert [secret.get_secret_value() for secret in settings.secret] == [
        "a-new-secret-of-mine",
        "an-old-secret-of-mine",
    ]
    assert (
        settings.origin,
        settings.workers,
        settings.origin_response_timeout,
    ) == (("https://shop.internal:8443",), 4, 90.0)
    assert settings.trusted_proxies == ("127.0.0.1/32", "2001:db8::/32", "10.1.2.3/32")
    assert tmp_path / "state" == settings.data_dir
    drop, rest = settings.rooms
    assert drop == RoomSettings(
        name="drop",
        hosts=("shop.example", "::1", "xn--bcher-kva.example"),
        paths=("/drop/*", "/sale"),
        rate=120.5,
        capacity=40,
        mode=Mode.QUEUE,
        session=5400.0,
        keep=300.0,
        presence=90.0,
        burst=0.5,
        entry=30.0,
        hold_status=429,
        message="Soon.",
    )
    assert rest == RoomSettings(name="rest")


def test_nothing_needs_to_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without file and environment there is one room that covers everything."""
    monkeypatch.chdir(tmp_path)
    settings = load(None, environ={})
    assert (RoomSettings(name="main"),) == settings.rooms
    assert (tmp_path / "data", 8000, 8001, None, ()) == (
        settings.data_dir,
        settings.port,
        settings.admin_port,
        settings.redis_url,
        settings.secret,
    )


def test_the_environment_wins_over_the_file(read: Read) -> None:
    """A variable replaces what the file says; other variables mean nothing."""
    settings = read("port = 1\nadmin_port = 2", WAITROOM_PORT="3", PORT="4", waitroom_workers="5")
    assert (settings.port, settings.admin_port, settings.workers) == (3, 2, 1)


def test_the_command_line_wins_over_all(write: Write) -> None:
    """An option that was given replaces everything else; one that was not is nothing."""
    settings = load(
        write("port = 1"), environ={"WAITROOM_PORT": "2"}, overrides={"port": 3, "host": None, "workers": 2}
    )
    assert (settings.port, settings.host, settings.workers) == (3, "127.0.0.1", 2)


def test_lists_in_the_environment(read: Read) -> None:
    """A list is written with commas or as JSON."""
    assert read("", WAITROOM_TRUSTED_PROXIES="10.0.0.0/8, 127.0.0.1").trusted_proxies == (
        "10.0.0.0/8",
        "127.0.0.1/32",
    )
    assert read("", WAITROOM_TRUSTED_PROXIES='["10.0.0.0/8"]').trusted_proxies == ("10.0.0.0/8",)


def test_a_secret_in_the_environment_may_hold_anything(read: Read) -> None:
    """Commas and brackets are part of a secret, unless the whole is a JSON list."""
    for written, secrets in (
        ("one,two,three,four,five", ["one,two,three,four,five"]),
        ("[brackets-and, commas", ["[brackets-and, commas"]),
        ('["sixteen-letters-1", "sixteen-letters-2"]', ["sixteen-letters-1", "sixteen-letters-2"]),
    ):
        read_secrets = read("", WAITROOM_SECRET=written).secret
        assert secrets == [secret.get_secret_value() for secret in read_secrets]


def test_rooms_in_the_environment(read: Read) -> None:
    """All rooms are replaced by a JSON list; one room's setting by its number."""
    settings = read(
        '[[rooms]]\nname = "old"',
        WAITROOM_ROOMS='[{"name": "a", "rate": 5}, {"name": "b", "paths": ["/b"]}]',
        WAITROOM_ROOMS__1__RATE="60",
        WAITROOM_ROOMS__1__HOSTS="b.example,c.example",
        WAITROOM_ROOMS__1__SESSION="5m",
        WAITROOM_ROOMS__0__HOLD_STATUS="200",
    )
    assert (
        RoomSettings(name="a", rate=5, hold_status=200),
        RoomSettings(name="b", paths=("/b",), rate=60, hosts=("b.example", "c.example"), session=300),
    ) == settings.rooms


def test_the_default_room_in_the_environment(read: Read) -> None:
    """Where no room is set, number 0 is the default one."""
    assert (RoomSettings(name="main", rate=7),) == read("", WAITROOM_ROOMS__0__RATE="7").rooms


def test_the_file_may_be_named_by_the_environment(write: Write) -> None:
    """WAITROOM_CONFIG names the file where none is given; it is no setting itself."""
    path = write("port = 5")
    environ = {"WAITROOM_CONFIG": str(path), "WAITROOM_REQUIRE_ALL": "1"}
    assert load(None, environ=environ).port == 5


def test_paths_start_at_the_files_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file means the same data from wherever it is used, the default included."""
    folder = tmp_path / "etc"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    config = folder / "waitroom.toml"
    config.write_text('data_dir = "state"\nsecret_file = "keys"')
    settings = load(Path("etc/waitroom.toml"), environ={})
    assert (folder / "state", folder / "keys") == (settings.data_dir, settings.secret_file)
    config.write_text("")
    assert folder / "data" == load(config, environ={}).data_dir
    assert tmp_path / "here" == load(config, environ={"WAITROOM_DATA_DIR": "here"}).data_dir


def test_a_later_layer_chooses_between_secret_and_file(read: Read) -> None:
    """A secret_file in the environment replaces the secret of the file, and the other way round."""
    from_file = read('secret = "sixteen-letters-1"', WAITROOM_SECRET_FILE="/run/secrets/waitroom")
    assert ((), Path("/run/secrets/waitroom")) == (from_file.secret, from_file.secret_file)
    from_environment = read('secret_file = "keys"', WAITROOM_SECRET="sixteen-letters-1")
    assert (len(from_environment.secret), from_environment.secret_file) == (1, None)


def test_a_short_keep_shortens_the_default_entry(read: Read) -> None:
    """Entry follows keep where only keep is set."""
    assert read('[[rooms]]\nname = "a"\nkeep = "30s"').rooms[0].entry == 30.0


def test_a_byte_order_mark_is_skipped(read: Read) -> None:
    """A file written on Windows may start with a byte order mark."""
    assert read("\ufeffport = 5").port == 5


def test_settings_cannot_be_changed(read: Read) -> None:
    """Settings are frozen, and can be compared and hashed."""
    settings = read("")
    with pytest.raises(ValidationError):
        settings.port = 5
    assert hash(settings) == hash(read(""))


def test_secrets_are_not_in_the_repr(read: Read) -> None:
    """Neither the secret nor the password of Redis shows in a repr."""
    settings = read('secret = "hunter2-hunter2-hunter2"\nredis_url = "redis://:hunter2@127.0.0.1"')
    assert "hunter2" not in repr(settings) + str(settings)


def test_an_invalid_instance_cannot_be_made() -> None:
    """The models refuse by themselves what a file may not say, without showing it."""
    for make in (
        lambda: RoomSettings(name="A"),
        lambda: RoomSettings(name="a", keep=30, entry=60),
        lambda: Settings(rooms=(RoomSettings(name="a"), RoomSettings(name="b"))),
        lambda: Settings(rooms=()),
        lambda: Settings(port=5, admin_port=5),
        lambda: Settings(redis_url="hunter2"),
    ):
        with pytest.raises(ValidationError) as error:
            make()
        assert "hunter2" not in str(error.value)


def test_every_setting_is_described() -> None:
    """Each field has a description that ends as a sentence, and says what is allowed."""
    for table in tables(Settings):
        for name, field in table.model.model_fields.items():
            assert re.search(r"\.$", field.description or ""), name
            assert allowed(field) != "another value", name


@pytest.mark.parametrize("name", ["missing.toml", ".", "nul\0"])
def test_a_file_that_cannot_be_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, a folder and an impossible name are refused by name."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"no such file|Is a directory|no name of a file"):
        load(Path(name), environ={})
