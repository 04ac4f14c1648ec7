"""The kinds of value that settings have: how each is read, and what is allowed, in words."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, ByteSize, Field, SecretStr, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from waitroom.redis.address import RedisAddress
from waitroom.settings.duration import parse_duration
from waitroom.settings.tables import Shape, shape

_T = TypeVar("_T")

LONGEST_SECONDS = 31_536_000.0
"""No duration is longer than a year: beyond it a unit has been mistaken."""


@dataclass(frozen=True)
class Allowed:
    """What a setting accepts, in plain words. Error messages and the reference both show it."""

    text: str


_TABLES = {
    Shape.TABLE: "a table of settings",
    Shape.NAMED: "tables of settings, each with a name of its own",
}


def allowed(field: FieldInfo) -> str:
    """Return what ``field`` accepts, in plain words."""
    otherwise = _TABLES.get(shape(field.annotation), "another value")
    return next((mark.text for mark in field.metadata if isinstance(mark, Allowed)), otherwise)


def _no_flag(given: object) -> object:
    # Python counts true as 1; `port = true` is a mistake all the same.
    if isinstance(given, bool):
        raise ValueError("not a number")  # noqa: TRY004 - pydantic maps ValueError only
    return given


def _from_digits(given: object) -> object:
    return int(given) if isinstance(given, str) and given.isascii() and given.isdigit() else given


def _one_or_many(given: object) -> object:
    return (given,) if isinstance(given, str | SecretStr) else given


def _host(given: str) -> str:
    bare = given.removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    # A browser sends the ASCII form of a name, so that is the form to compare with.
    name = given.removesuffix(".").encode("idna").decode().lower()
    if len(name) > 253 or not re.fullmatch(
        r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", name
    ):
        raise ValueError("not a host name")
    return name


def _path_pattern(given: str) -> str:
    segments = given.removesuffix("*").split("/")[1:]
    # What is compared with a pattern is decoded and tidied, so a pattern that is not can never match.
    untidy = any(segment in (".", "..") for segment in segments) or "" in segments[:-1]
    if not given.startswith("/") or "*" in given[:-1] or untidy or re.search(r"[?#%\\\x00-\x1f\x7f]", given):
        raise ValueError("not a path pattern")
    return given


def _network(given: str) -> str:
    return str(ipaddress.ip_network(given))


def _address(given: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:%-]+", given):
        raise ValueError("not an address to listen on")
    return given


def _split_url(given: str, schemes: tuple[str, ...]) -> SplitResult:
    url = urlsplit(given)
    # `port` raises ValueError by itself where it is no number or too large.
    if url.scheme not in schemes or url.port == 0 or re.search(r"\s", given):
        raise ValueError("not such a URL")
    return url


def _origin(given: str) -> str:
    url = _split_url(given, ("http", "https", "unix"))
    given = url.scheme + given[len(url.scheme) :]
    if url.scheme == "unix":
        path = given.removeprefix("unix://")
        # unix(7): a path has its place in a structure of 108 bytes, and ends with a NUL.
        if not path.startswith("/") or path.endswith("/") or "\0" in path or len(os.fsencode(path)) > 107:
            raise ValueError("not a socket's path")
        return given
    if not url.hostname or "@" in url.netloc or url.path not in ("", "/") or "?" in given or "#" in given:
        raise ValueError("not an origin")
    url.hostname.encode("idna")  # raises ValueError where it can be no name
    return given.removesuffix("/")


def _web_origin(given: str) -> str:
    """As a browser writes it in ``Origin`` (WHATWG HTML, section 7.1.1): lower case, no default port."""
    scheme, mark, rest = given.lower().partition("://")
    host, colon, port = rest.rpartition(":") if re.search(r":\d*$", rest) else (rest, "", "")
    if (
        not mark
        or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme)
        or (colon and not 0 < int(port or 0) < 65_536)
    ):
        raise ValueError("not an origin")
    name = _host(host)
    shown = f"[{name}]" if ":" in name else name
    is_default = {"http": "80", "https": "443"}.get(scheme) == port
    return f"{scheme}://{shown}" + (f":{int(port)}" if colon and not is_default else "")


def _page_address(given: str) -> str:
    if not given or (re.fullmatch(r"/(?![/\\])[!-~]*", given) and "\\" not in given):
        return given
    return _web_page(given)


def _web_page(given: str) -> str:
    url = _split_url(given, ("http", "https"))
    if not url.hostname or "@" in url.netloc or not re.fullmatch(r"[!-~]+", given):
        raise ValueError("not a page")
    return given


def _redis_url(given: str) -> str:
    RedisAddress.parse(given)
    return given


def _file_path(given: Path) -> Path:
    # Path("") is ".", so an empty string would otherwise pass for the working directory.
    if given == Path() or "\0" in str(given):
        raise ValueError("not a path")
    return given.expanduser()


def _size(given: object) -> object:
    return int(TypeAdapter(ByteSize).validate_python(given)) if isinstance(given, str) else given


def broken(rule: str) -> PydanticCustomError:
    """The error of a value that breaks ``rule``, in words."""
    return PydanticCustomError("rule", "{rule}", {"rule": rule})


def with_certificates(path: Path | None) -> Path | None:
    """The path of a file with certificates of authorities. Raises the error of one that holds none."""
    if path is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            context.load_verify_locations(path)
        except ssl.SSLError:
            pass
        except OSError as error:
            raise broken(f"must be a file that can be read: {error.strerror}") from None
        if not context.cert_store_stats()["x509"]:
            raise broken("must hold at least one certificate in PEM form")
    return path


class ByName(dict[str, _T]):
    """Tables by the names that the user gave them; unlike another ``dict`` it can be hashed, as settings can."""

    def __hash__(self) -> int:  # type: ignore[override] # a dict says that it has none
        return hash(frozenset(self.items()))


Frozen = AfterValidator(ByName)
"""For a field of tables by name: ``Annotated[Mapping[LaneName, Lane], Frozen, Allowed(...)]``."""

Number = Annotated[float, BeforeValidator(_no_flag), Field(allow_inf_nan=False)]
WholeNumber = Annotated[int, BeforeValidator(_no_flag)]
Size = Annotated[WholeNumber, BeforeValidator(_size)]
Port = Annotated[
    WholeNumber, Field(ge=0, le=65_535), Allowed("a whole number from 0 to 65535 (0: any free port)")
]
Host = Annotated[str, AfterValidator(_host)]
PathPattern = Annotated[str, AfterValidator(_path_pattern)]
Network = Annotated[str, AfterValidator(_network)]
ListenAddress = Annotated[
    str, AfterValidator(_address), Allowed('an IP address or host name, such as "0.0.0.0"')
]
OriginUrl = Annotated[str, AfterValidator(_origin)]
PageAddress = Annotated[str, AfterValidator(_page_address)]
"""Of a page: whole, or a path of this host; empty: none."""
WebPage = Annotated[str, AfterValidator(_web_page)]
"""The same, whole."""
RedisUrl = Annotated[str, AfterValidator(_redis_url)]
WebOrigin = Annotated[str, AfterValidator(_web_origin)]
FilePath = Annotated[Path, AfterValidator(_file_path)]
Secret = Annotated[SecretStr, Field(min_length=16)]
OneOrMore = BeforeValidator(_one_or_many)
FromDigits = BeforeValidator(_from_digits)
AsDuration = BeforeValidator(parse_duration)

AtLeastASecond = Annotated[
    float,
    AsDuration,
    Field(ge=1, le=LONGEST_SECONDS),
    Allowed('a duration from "1s" to "365d", such as "10m"'),
]
AnyDuration = Annotated[
    float,
    AsDuration,
    Field(ge=0, le=LONGEST_SECONDS),
    Allowed('a duration from "0s" to "365d", such as "5s"'),
]
Timeout = Annotated[
    float,
    AsDuration,
    Field(ge=0.001, le=LONGEST_SECONDS),
    Allowed('a duration from "1ms" to "365d", such as "5s"'),
]
