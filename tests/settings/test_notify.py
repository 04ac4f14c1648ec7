"""Alerts and channels, as they are written and refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from waitroom.errors import SettingsError
from waitroom.settings import Condition, Settings, Severity, alert_rules, resolve_channels
from waitroom.settings.doubts import doubts

Read = Callable[..., Settings]
Refused = Callable[..., list[str]]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOOK = f'[[notify]]\nname = "ops"\nurl = "https://hooks.example/t0k-of-stones"\nsecret = "{SECRET}"\n'
PHONE = '[[notify]]\nname = "phone"\nkind = "apprise"\nurl = "slack://tok-of-stones/b/c"\n'
ALERT = '[[alerts]]\nname = "wait"\n'


def test_channels_are_read(read: Read) -> None:
    """Each under a heading of its own; the environment reaches in."""
    site = read(
        HOOK + PHONE,
        WAITROOM_NOTIFY__0__EVENTS="room.*, !org.waitroom.room.limit_changed",
        WAITROOM_NOTIFY__1__TIMEOUT="5s",
    )
    ops, phone = site.notify
    assert (("room.*", "!room.limit_changed"), "webhook", 10.0) == (ops.events, ops.kind, ops.timeout)
    assert (("alert.*",), "apprise", 5.0, Severity.WARNING) == (
        phone.events,
        phone.kind,
        phone.timeout,
        phone.severity,
    )
    assert () == read("").notify


def test_an_alert_with_the_name_of_a_condition_is_that_one(read: Read) -> None:
    """What it does not say is as usual; another name is another alert."""
    site = read(
        ALERT + 'threshold = "30m"\n[[alerts]]\nname = "errors"\non = false\n'
        '[[alerts]]\nname = "calm"\ncondition = "outflow"\nthreshold = 0.5\n'
    )
    rules = {rule.name: rule for rule in alert_rules(site.alerts)}
    assert [*Condition, "calm"] == list(rules)
    wait, calm = rules["wait"], rules["calm"]
    assert (1800, 1440, 300, Severity.WARNING) == (wait.threshold, wait.clear, wait.lasting, wait.severity)
    assert (0.5, 0.6, True) == (calm.threshold, calm.clear, calm.is_below)
    assert (False, 0.05) == (rules["errors"].is_on, rules["errors"].threshold)


def test_no_secret_is_shown(read: Read, refused: Refused) -> None:
    """Neither by settings that are printed nor by an error: addresses hold tokens."""
    more = (
        'user = "u"\npassword = "pw-of-stones"\nheaders = { a = "h-of-stones" }\nbody = \'"b-of-stones"\'\n'
    )
    site = read(HOOK + more + PHONE)
    assert "stones" not in repr(site)
    assert site == pickle.loads(pickle.dumps(site))
    for text in (
        HOOK.replace("https://hooks.example", "ftp://hooks.example"),
        HOOK.replace("https://hooks.example/", "https://hooks.example/ #"),
        HOOK.replace(SECRET, "whsec_stones-stones-stones"),
        HOOK + more + "nonsense = 1",
        HOOK + more.replace("h-of-stones", "h-of-stones\\n"),
        HOOK + more.replace("'\"b-of", "'b-of"),
        HOOK + "body = '\"stones {nonsense}\"'",
        PHONE.replace("slack://", ""),
        PHONE + more,
        HOOK + 'url_file = "x"',
    ):
        assert not any("stones" in line for line in refused(text)), text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HOOK.replace("https:", "ftp:"), "notify[0]: url must be an http:// or https:// address"),
        (HOOK.replace("url =", "source ="), "notify[0]: must have either url or url_file"),
        (HOOK + 'url_file = "x"', "must have either url or url_file"),
        (HOOK + 'secret_file = "x"', "cannot have both secret and secret_file"),
        (HOOK.replace(SECRET, "whsec_c2hvcnQgc2VjcmV0"), "a secret must be 24 to 64 bytes in base 64"),
        (HOOK.replace(SECRET, "nothing like base 64!!"), "a secret must be 24 to 64 bytes in base 64"),
        (HOOK + 'kind = "pigeon"', 'notify[0].kind: given "pigeon"; allowed: "webhook" or "apprise"'),
        (HOOK + "events = []", 'notify[0].events: given a list; allowed: a list of "*", "alert.*", "room.*" and types'),
        (HOOK + 'events = ["room.opned"]', 'notify[0].events[0]: given "room.opned"; allowed: a list of "*"'),
        (HOOK + 'events = ["room.o*"]', 'notify[0].events[0]: given "room.o*"; allowed: a list of "*"'),
        (HOOK + 'severity = "bad"', 'given "bad"; allowed: one of "info", "warning", "critical"'),
        (HOOK + 'rooms = ["x"]', 'notify[0].rooms: there is no room "x"; known are main'),
        (HOOK + 'user = "u"', "user and password go together"),
        (HOOK + 'headers = { "Content-Type" = "x" }', "notify[0].headers: Content-Type is set by the message itself"),
        (HOOK + 'headers = { "X-Y" = "ü" }', "X-Y must be a text of visible ASCII characters"),
        (HOOK + "body = '{'", "must be JSON, with names in braces only inside its texts"),
        (HOOK + "body = '{text}'", "must be JSON, with names in braces only inside its texts"),
        (HOOK + "body = '[\"{message}\"]'", "there is no {message}; there are {alert}, {data}, {event}"),
        (HOOK + 'timeout = "5m"', 'allowed: a duration from "100ms" to "1m"'),
        (HOOK + 'source = "a b"', "notify[0].source: given"),
        (HOOK + HOOK, 'notify: "ops" is the name of several; each must have its own'),
        (HOOK + 'adress = "x"', "notify[0].adress: unknown setting"),
        (PHONE + f'secret = "{SECRET}"', 'secret: only with kind = "webhook"'),
        (PHONE.replace("slack://", ""), "url must be an address as Apprise has them"),
        ('[[alerts]]\nname = "slow"', "alerts[0]: must have a condition, since no alert is named so"),
        (ALERT + 'condition = "line"', '"wait" is the alert that looks at wait: another needs another name'),
        (ALERT + 'threshold = "soon"', 'alerts[0].threshold: given "soon"; allowed: a number from 0'),
        (ALERT + 'threshold = "30m"\nclear = "1h"', "clear (3600) must not be above threshold (1800): there it fires"),
        ('[[alerts]]\nname = "outflow"\nclear = 0.1', "clear (0.1) must not be below threshold (0.7)"),
        ('[[alerts]]\nname = "errors"\nthreshold = 5', "errors is a share: threshold and clear are from 0 to 1"),
        ('[[alerts]]\nname = "redis"\nthreshold = 1', "redis has no threshold"),
        ('[[alerts]]\nname = "stale"\nrooms = ["main"]', "stale is of the whole site: no rooms"),
        (ALERT + 'rooms = ["x"]', 'alerts[0].rooms: there is no room "x"; known are main'),
        (ALERT + ALERT, 'alerts: "wait" is the name of several'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(refused: Refused, text: str, said: str) -> None:
    """In one line, with what is allowed."""
    (line,) = refused(text)
    assert said in line


def test_addresses_and_secrets_can_be_in_files(read: Read, tmp_path: Path) -> None:
    """Relative to the file of the settings; each is checked as if it stood there."""
    (tmp_path / "url").write_text("https://hooks.example/from-the-file\n")
    (tmp_path / "secret").write_text(f"{SECRET}\n{SECRET}\n")
    site = read('[[notify]]\nname = "ops"\nurl_file = "url"\nsecret_file = "secret"\n')
    (ops,) = resolve_channels(site).notify
    assert ops.url is not None
    assert ("https://hooks.example/from-the-file", 2) == (ops.url.get_secret_value(), len(ops.secret))
    assert "from-the-file" not in repr(ops)


@pytest.mark.parametrize(
    ("url", "mode", "said"),
    [
        ("ftp://hooks.example/stones", 0o600, "channel ops: url must be an http:// or https:// address"),
        ("https://a.example/stones\nhttps://b.example", 0o600, "has 2 lines; allowed: one, the address"),
        ("", 0o600, "is empty"),
        ("https://a.example/stones", 0o666, "has mode 0666, so others may change it"),
        (None, 0o600, "there is no file"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(
    read: Read, tmp_path: Path, url: str | None, mode: int, said: str
) -> None:
    """Without what is in it."""
    path = tmp_path / "url"
    if url is not None:
        path.write_text(url)
        path.chmod(mode)
    site = read('[[notify]]\nname = "ops"\nurl_file = "url"\n')
    with pytest.raises(SettingsError) as error:
        resolve_channels(site)
    assert said in str(error.value)
    assert "stones" not in str(error.value)


def test_an_unsigned_webhook_is_doubtful(read: Read) -> None:
    """But not one with a body of its own: such receivers know no signatures."""
    bare = HOOK.replace(f'secret = "{SECRET}"\n', "")
    (doubt,) = doubts(read(bare))
    assert 'notify[0] (channel "ops"): without secret its messages are not signed' in doubt
    assert [] == list(doubts(read(HOOK))) == list(doubts(read(bare + "body = '\"{text}\"'\n" + PHONE)))
