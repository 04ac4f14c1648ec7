"""Where the origin is: one address or several, and whose certificates are believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from waitroom.assembly.gate import origin_of
from waitroom.settings import Settings, load

Read = Callable[..., Settings]
Refused = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ('"http://127.0.0.1:9000/"', ("http://127.0.0.1:9000",)),
        ('["http://a", "https://b:81", "unix:///c.sock"]', ("http://a", "https://b:81", "unix:///c.sock")),
        ('"HTTPS://a"', ("https://a",)),
    ],
)
def test_one_address_or_several(given: str, read_as: tuple[str, ...], read: Read) -> None:
    """A text is one address; a list is several, of any kind."""
    assert read_as == read(f"origin = {given}").origin


@pytest.mark.parametrize(
    "given", ["http://a,unix:///b", " http://a , unix:///b ", '["http://a", "unix:///b"]']
)
def test_several_from_the_environment(given: str, read: Read) -> None:
    """In the environment they are separated by commas, or written as JSON, as every list is."""
    assert ("http://a", "unix:///b") == read('origin = "http://c"', WAITROOM_ORIGIN=given).origin


def test_the_origin_is_where_the_settings_say(read: Read) -> None:
    """Each address has a pool of its own; a single one stands for itself."""
    several = repr(origin_of(read('origin = ["http://a:81", "unix:///b"]')))
    assert "<Balancer <Pool http://a:81, " in several
    assert "<Pool unix:///b, " in several
    assert "<Origin <Pool http://a:81, " in repr(origin_of(read('origin = "http://a:81"')))


def test_a_ca_file_is_found_from_the_files_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative origin_ca_file starts at the configuration file's folder."""
    folder = tmp_path / "etc"
    folder.mkdir()
    trustme.CA().cert_pem.write_to_path(str(folder / "ca.pem"))
    (folder / "waitroom.toml").write_text('origin = "https://a"\norigin_ca_file = "ca.pem"\n')
    monkeypatch.chdir(tmp_path)
    assert folder / "ca.pem" == load(Path("etc/waitroom.toml"), environ={}).origin_ca_file


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            'origin_ca_file = "missing.pem"',
            "; must be a file that can be read: No such file or directory",
        ),
        (
            'origin_ca_file = "waitroom.toml"',
            "; must hold at least one certificate in PEM form",
        ),
    ],
)
def test_a_useless_ca_file(line: str, told: str, refused: Refused) -> None:
    """A missing file and one without certificates stop the start, and are told apart."""
    [complaint] = refused(f'origin = "https://a"\n{line}')
    assert complaint.startswith('waitroom.toml:2: origin_ca_file: given "/')
    assert complaint.endswith(told)


def test_a_key_is_no_certificate(refused: Refused, tmp_path: Path) -> None:
    """A PEM file that holds something else has no certificate in it."""
    (tmp_path / "key.pem").write_bytes(trustme.CA().private_key_pem.bytes())
    [complaint] = refused("", WAITROOM_ORIGIN="https://a", WAITROOM_ORIGIN_CA_FILE="key.pem")
    assert (
        'WAITROOM_ORIGIN_CA_FILE: origin_ca_file: given "key.pem"; must hold at least one certificate'
        in complaint
    )


def test_what_speaks_of_certificates_needs_https(refused: Refused) -> None:
    """Settings of TLS beside an origin without it are a mistake, and told."""
    assert refused('origin = "http://a"\norigin_server_name = "b"') == [
        'waitroom.toml:2: origin_server_name: given "b"; cannot be used without an https:// origin'
    ]
