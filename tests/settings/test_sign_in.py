"""Settings of who may use the console."""

from __future__ import annotations

from pathlib import Path

import pytest

from waitroom.errors import SettingsError
from waitroom.settings import Settings, load, resolve_provider

OIDC = (
    '[sign_in.oidc]\nissuer = "https://accounts.example"\nclient_id = "console"\nroles = { sre = "admin" }\n'
)


def site(folder: Path, text: str) -> Settings:
    """The settings of a file with that text."""
    config = folder / "waitroom.toml"
    config.write_text(text)
    return load(config, environ={})


def test_the_providers_secret_can_be_in_a_file(tmp_path: Path) -> None:
    """Beside the configuration, for its owner to write; one line."""
    found = site(tmp_path, OIDC + 'client_secret_file = "oidc"\n')
    with pytest.raises(SettingsError, match="there is no file"):
        resolve_provider(found)
    kept = tmp_path / "oidc"
    kept.write_text("s3cret\n")
    kept.chmod(0o600)
    oidc = resolve_provider(found).sign_in.oidc
    assert oidc is not None
    assert oidc.client_secret is not None
    assert "s3cret" == oidc.client_secret.get_secret_value()
    assert "s3cret" not in repr(oidc)
    kept.write_text("one\ntwo\n")
    with pytest.raises(SettingsError, match="several lines"):
        resolve_provider(found)
    kept.chmod(0o666)
    with pytest.raises(SettingsError, match="others may change it"):
        resolve_provider(found)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[sign_in]\naddress = "console.example"', "an address without a path"),
        ('[sign_in]\naddress = "https://console.example/ops"', "an address without a path"),
        ('[sign_in]\naddress = "https://a:b@console.example"', "an address without a path"),
        ('[sign_in]\nidle = "1s"', 'a duration from "1m"'),
        ('[sign_in]\ncodes_for = ["root"]', '"viewer", "operator" and "admin"'),
        ('[sign_in]\naudit_keep = "1d"', 'a duration from "30d"'),
        (OIDC.replace("https", "http"), "must begin with https://"),
        (OIDC.replace("https", "ftp"), "must begin with https://"),
        (OIDC.replace('roles = { sre = "admin" }', ""), "must have roles"),
        (OIDC + 'otherwise = "viewer"\n', "needs domains"),
        (OIDC.replace('"admin"', '"root"'), "for each value"),
        (OIDC + 'domains = ["shop example"]\n', "a list of domains"),
        (OIDC + 'client_secret = "a"\nclient_secret_file = "b"\n', "keep one of them"),
        (OIDC + 'scopes = ["a b"]\n', "a list of scopes"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, says: str) -> None:
    """With what is allowed instead."""
    with pytest.raises(SettingsError, match=says):
        site(tmp_path, text)


def test_an_address_is_written_as_browsers_send_it(tmp_path: Path) -> None:
    """Without a slash, in small letters; a provider on the same machine may do without HTTPS."""
    found = site(tmp_path, '[sign_in]\naddress = "https://Console.Example:8443/"')
    assert "https://console.example:8443" == found.sign_in.address
    local = site(tmp_path, OIDC.replace("https://accounts.example", "http://127.0.0.1:9000/realms/shop"))
    assert local.sign_in.oidc is not None
    assert hash(local.sign_in) == hash(local.sign_in)
