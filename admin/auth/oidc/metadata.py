"""What a provider says of itself (OpenID Connect Discovery 1.0), and its keys: asked for when needed, and kept."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from waitroom.settings.sign_in import OidcSettings

SECONDS = 5.0
"""How long the provider may take over each answer."""
KEPT_SECONDS = 3600.0
AGAIN_SECONDS = 10.0
"""It is not asked more often than that, whatever happens."""
_ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""With a key that the provider alone has: never HS256, whose key is the console's own, and never none."""


class ProviderError(Exception):
    """The provider cannot be reached, or does not keep to the protocol: says what is wrong."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is needed of a provider's discovery document."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None
    jwks_uri: str
    algorithms: tuple[str, ...]
    token_auth_method: str
    names_itself: bool
    """Whether its answers say of whom they are (RFC 9207)."""


class ProviderData:
    """The discovery document and the keys of a provider."""

    def __init__(self, settings: OidcSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._turn = asyncio.Lock()
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._failed: tuple[float, ProviderError] | None = None

    async def metadata(self) -> Metadata:
        """What the provider says of itself. Raises :class:`ProviderError`."""
        async with self._turn:
            now = self._clock()
            if self._metadata is not None and now - self._metadata[0] < KEPT_SECONDS:
                return self._metadata[1]
            if self._failed is not None and now - self._failed[0] < AGAIN_SECONDS:
                raise self._failed[1]
            try:
                url = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
                found = _metadata(await fetch(url), self._settings)
            except ProviderError as error:
                self._failed = (now, error)
                raise
            self._metadata = (now, found)
            return found

    async def keys(self, *, newer_than: KeySet | None = None) -> KeySet:
        """The provider's keys; not again those that were found wanting. Raises :class:`ProviderError`."""
        metadata = await self.metadata()
        async with self._turn:
            now = self._clock()
            if self._keys is not None:
                at, keys = self._keys
                wanted = newer_than is keys and now - at >= AGAIN_SECONDS
                if not wanted and now - at < KEPT_SECONDS:
                    return keys
            try:
                keys = KeySet.import_key_set(await fetch(metadata.jwks_uri))  # type: ignore[arg-type] # it checks
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise ProviderError(f"its keys cannot be read: {error}") from error
            self._keys = (now, keys)
            return keys


@cache
def trusted() -> ssl.SSLContext:
    """The certificate authorities that are believed: reading them takes time, so it is done once."""
    return httpx2.create_ssl_context()


async def fetch(url: str, *, token: str | None = None) -> dict[str, object]:
    """A JSON object from the provider. Raises :class:`ProviderError`."""
    headers = {"accept": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    try:
        async with httpx2.AsyncClient(timeout=SECONDS, verify=trusted()) as client:
            answer = await client.get(url, headers=headers)
            answer.raise_for_status()
            found = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise ProviderError(f"{url}: {error or type(error).__name__}") from error
    if not isinstance(found, dict):
        raise ProviderError(f"{url}: not a JSON object")
    return found


def _metadata(found: Mapping[str, object], settings: OidcSettings) -> Metadata:
    # OpenID Connect Discovery 1.0 section 4.3: else one provider could speak for another
    if found.get("issuer") != settings.issuer:
        raise ProviderError(f"it calls itself {found.get('issuer')!r}, not {settings.issuer!r}")
    supported = found.get("id_token_signing_alg_values_supported")
    allowed = [each for each in _ALGORITHMS if not isinstance(supported, list) or each in supported]
    if not allowed:
        raise ProviderError("it signs in no way that proves anything")
    userinfo = found.get("userinfo_endpoint")
    return Metadata(
        authorization_endpoint=_endpoint(found, "authorization_endpoint", settings),
        token_endpoint=_endpoint(found, "token_endpoint", settings),
        userinfo_endpoint=None if userinfo is None else _endpoint(found, "userinfo_endpoint", settings),
        jwks_uri=_endpoint(found, "jwks_uri", settings),
        algorithms=tuple(allowed),
        token_auth_method=_token_auth_method(found, settings),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(found: Mapping[str, object], name: str, settings: OidcSettings) -> str:
    url = found.get(name)
    secure = "https://" if settings.issuer.startswith("https://") else ("https://", "http://")
    if not isinstance(url, str) or not url.startswith(secure):
        raise ProviderError(f"its {name} is {url!r}")
    return url


def _token_auth_method(found: Mapping[str, object], settings: OidcSettings) -> str:
    if settings.client_secret is None:
        return "none"
    supported = found.get("token_endpoint_auth_methods_supported")
    posts = isinstance(supported, list) and "client_secret_basic" not in supported
    return "client_secret_post" if posts else "client_secret_basic"
