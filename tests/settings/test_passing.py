"""Who never queues, as it is written and refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from waitroom.errors import SettingsError
from waitroom.settings import Settings, resolve_webhook_secrets

Read = Callable[..., Settings]
Refused = Callable[..., list[str]]

RULE = '[[bypass]]\nname = "a"\n'
HOOK = '[[webhooks]]\nname = "a"\npaths = ["/hooks/*"]\nsecret = "a-secret-of-stones"\n'
HMAC = HOOK + 'style = "hmac"\nheader = "X-Signature"\n'


def test_rules_and_webhooks_are_read(read: Read) -> None:
    """Each under a heading of its own; the environment reaches in."""
    site = read(
        RULE + 'paths = ["/static/*"]\nmethods = ["GET"]\n'
        '[[bypass]]\nname = "b"\ncrawlers = ["google", "bing"]\n' + HMAC,
        WAITROOM_BYPASS__0__NETWORKS="192.0.2.0/24,2001:db8::1",
        WAITROOM_WEBHOOKS__0__SECRET="from-the-environment",
    )  # fmt: skip
    first, second = site.bypass
    assert (("/static/*",), ("192.0.2.0/24", "2001:db8::1/128")) == (first.paths, first.networks)
    assert ("google", "bing") == second.crawlers
    assert ("from-the-environment",) == tuple(s.get_secret_value() for s in site.webhooks[0].secret)
    assert ((), ()) == (read("").bypass, read("").webhooks)


def test_no_secret_is_shown(read: Read, refused: Refused) -> None:
    """Neither by settings that are printed nor by an error."""
    site = read(HMAC)
    assert "stones" not in repr(site)
    assert site == pickle.loads(pickle.dumps(site))
    for text in (
        HMAC.replace("a-secret-of-stones", "too-short"),
        HOOK + 'style = "adyen"',
        HOOK.replace("a-secret-of-stones", "!!! no base 64 !!!") + 'style = "standard"',
        HMAC + "secret_file = 'x'",
        HMAC + "nonsense = 1",
    ):
        assert not any(word in line for line in refused(text) for word in ("stones", "short", "no base"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE, "waitroom.toml:1: bypass[0]: a rule must have at least one of paths, networks, crawlers that leaves "
               'somebody out (not "/*", "0.0.0.0/0" or "::/0"): else it opens the room to all'),
        *[(RULE + wide, "else it opens the room to all")
          for wide in ('paths = ["/a", "/*"]', 'methods = ["GET"]', 'networks = ["10.0.0.0/8", "0.0.0.0/0"]',
                       'networks = ["::/0"]', 'paths = ["/*"]\nmethods = ["POST"]\nnetworks = ["0.0.0.0/0"]')],
        (RULE + 'paths = ["static"]', 'bypass[0].paths[0]: given "static"; allowed: a list of decoded paths'),
        (RULE + 'paths = ["/a/%2e"]', 'given "/a/%2e"; allowed: a list of decoded paths'),
        (RULE + 'paths = ["/a/../b"]', 'given "/a/../b"; allowed: a list of decoded paths'),
        (RULE + 'methods = ["get"]', 'given "get"; allowed: a list of methods in capital letters'),
        (RULE + 'networks = ["10.0.0.1/8"]', 'given "10.0.0.1/8"; allowed: a list of addresses and networks'),
        (RULE + 'crawlers = ["altavista"]', 'given "altavista"; allowed: a list of "google", "bing", "apple"'),
        (RULE + 'paths = ["/a"]\nrooms = ["x"]', 'bypass[0].rooms: there is no room "x"; known are main'),
        (RULE + 'paths = ["/a"]\n' + RULE + 'paths = ["/b"]', 'bypass: "a" is the name of several'),
        (RULE + 'path = ["/a"]', 'bypass[0].path: unknown setting; did you mean "paths"?'),
        (HOOK, "webhooks[0].style: must be set"),
        (HOOK + 'style = "paypal"', 'given "paypal"; allowed: one of "stripe", "standard"'),
        (HMAC.replace('secret = "a-secret-of-stones"\n', ""), "must have either secret or secret_file"),
        (HMAC + 'secret_file = "x"', "must have either secret or secret_file"),
        (HMAC.replace('["/hooks/*"]', "[]"), "webhooks[0].paths: given a list; allowed: a list of decoded paths"),
        (HOOK + 'style = "hmac"', 'style = "hmac" needs header: the field with the signature'),
        (HOOK + 'style = "stripe"\nheader = "X"', 'header: only with style = "hmac"'),
        (HMAC + 'signed = "{timestamp}.{body}"', "timestamp_header and {timestamp} in signed go together"),
        (HMAC + 'timestamp_header = "X-Time"', "timestamp_header and {timestamp} in signed go together"),
        (HMAC + 'signed = "{timestamp}"', 'given "{timestamp}"; allowed: a text with {body} once'),
        (HMAC + 'signed = "{body}{body}"', "allowed: a text with {body} once"),
        (HMAC + 'signed = "{body}{secret}"', "allowed: a text with {body} once"),
        (HOOK + 'style = "hmac"\nheader = "a b"', 'header: given "a b"; allowed: the name of a header'),
        (HMAC + 'algorithm = "md5"', 'given "md5"; allowed: "sha256", "sha384" or "sha512"'),
        (HMAC + 'secret_encoding = "hex"', 'a secret of style "hmac" must be hexadecimal digits'),
        (HOOK + 'style = "adyen"', 'a secret of style "adyen" must be hexadecimal digits'),
        (HOOK.replace("a-secret", "!-secret") + 'style = "standard"', 'style "standard" must be base 64'),
        (HMAC + 'tolerance = "2d"', 'tolerance: given "2d"; allowed: a duration from "1s" to "1d"'),
        (HMAC + 'max_body_bytes = "1GiB"', 'allowed: a size from "1KiB" to "16MiB"'),
        (HMAC + HMAC, 'webhooks: "a" is the name of several; each must have its own'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_words(text: str, said: str, refused: Refused) -> None:
    """The setting, what was given and what is allowed."""
    (line,) = refused(text)
    assert said in line


def test_secrets_in_a_file(read: Read, tmp_path: Path) -> None:
    """A relative path starts at the configuration file's folder; one secret a line."""
    text = HMAC.replace('secret = "a-secret-of-stones"', 'secret_file = "hook"')
    site = read(text)
    assert site.webhooks[0].secret_file == tmp_path / "hook"
    with pytest.raises(SettingsError, match="secret_file of webhook a: there is no file"):
        resolve_webhook_secrets(site)
    (tmp_path / "hook").write_text("the-first-of-two-secrets\nthe-other-of-two-secrets\n")
    (hook,) = resolve_webhook_secrets(site).webhooks
    assert ["the-first-of-two-secrets", "the-other-of-two-secrets"] == [
        s.get_secret_value() for s in hook.secret
    ]
    assert hook.secret_file is None
    (tmp_path / "hook").chmod(0o666)
    with pytest.raises(SettingsError, match="has mode 0666"):
        resolve_webhook_secrets(site)
