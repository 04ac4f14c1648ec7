"""The authorization code flow with PKCE (RFC 7636), state and nonce (OpenID Connect Core 1.0 section 3.1)."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from admin.auth.oidc.metadata import SECONDS, Metadata, ProviderData, ProviderError, fetch, trusted
from admin.auth.oidc.person import Claims, NotAllowedError, Person, is_complete, person_of
from admin.auth.sealed import Box
from waitroom.settings.sign_in import OidcSettings

ATTEMPT_SECONDS = 600
"""How long somebody may take over it there."""
_LEEWAY_SECONDS = 60
"""How far the provider's clock may be from the console's."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that has been begun; the browser holds it, sealed."""

    state: str
    nonce: str
    verifier: str
    back: str
    """Where the provider sends the browser."""
    to: str
    """Where the browser wants to go then."""


class Provider:
    """Sends browsers to a provider, and finds out who came back."""

    def __init__(self, settings: OidcSettings, site_secrets: Sequence[str]) -> None:
        self.settings = settings
        self._box = Box("oidc", site_secrets)
        self._data = ProviderData(settings)

    def __repr__(self) -> str:
        return f"<Provider {self.settings.issuer}>"

    async def begin(self, back: str, to: str) -> tuple[str, str]:
        """The provider's address for the browser, and what it is to hold meanwhile. Raises :class:`ProviderError`."""
        metadata = await self._data.metadata()
        # each has 256 bits or more: RFC 7636 section 7.1, RFC 6749 section 10.12
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        attempt = Attempt(state, nonce, verifier, back, to)
        async with self._client(metadata, attempt) as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return url, self._box.seal(json.dumps(asdict(attempt)))

    async def finish(self, held: str | None, answer: Mapping[str, str]) -> tuple[Person, str]:
        """Who came back with this ``answer``, and where they want to go.
        Raises :class:`ProviderError` and :class:`~admin.auth.oidc.person.NotAllowedError`."""
        attempt = self._attempt(held)
        if attempt is None or not hmac.compare_digest(
            answer.get("state", "").encode(), attempt.state.encode()
        ):
            raise NotAllowedError(
                "This is not the sign-in that this browser began, or it took too long. Try again."
            )
        metadata = await self._data.metadata()
        says = answer.get("iss")
        if says != self.settings.issuer and (says is not None or metadata.names_itself):
            raise ProviderError("the answer is another provider's (RFC 9207)")
        if "error" in answer:
            raise NotAllowedError(f"The provider says no: {answer['error'][:100]}")
        token = await self._token(metadata, attempt, answer.get("code", ""))
        claims = await self._claims(metadata, attempt, token)
        return person_of(claims, self.settings), attempt.to

    def _attempt(self, held: str | None) -> Attempt | None:
        opened = self._box.open(held, ATTEMPT_SECONDS) if held else None
        return Attempt(**json.loads(opened)) if opened else None

    def _client(self, metadata: Metadata, attempt: Attempt) -> AsyncOAuth2Client:
        secret = self.settings.client_secret
        return AsyncOAuth2Client(
            client_id=self.settings.client_id,
            client_secret=secret.get_secret_value() if secret else None,
            token_endpoint_auth_method=metadata.token_auth_method,
            scope=" ".join(("openid", "email", "profile", *self.settings.scopes)),
            redirect_uri=attempt.back,
            code_challenge_method="S256",
            timeout=SECONDS,
            verify=trusted(),
        )

    async def _token(self, metadata: Metadata, attempt: Attempt, code: str) -> Mapping[str, object]:
        try:
            async with self._client(metadata, attempt) as client:
                token: Mapping[str, object] = await client.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                )
        except (httpx2.HTTPError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            raise ProviderError(f"no token for the code: {error or type(error).__name__}") from error
        return token

    async def _claims(self, metadata: Metadata, attempt: Attempt, token: Mapping[str, object]) -> Claims:
        claims = await self._id_token(metadata, attempt, token)
        access = token.get("access_token")
        if metadata.userinfo_endpoint and isinstance(access, str) and not is_complete(claims, self.settings):
            more = await fetch(metadata.userinfo_endpoint, token=access)
            if more.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0 section 5.3.2
                raise ProviderError("its userinfo is of somebody else")
            claims = {**more, **claims}
        return claims

    async def _id_token(self, metadata: Metadata, attempt: Attempt, token: Mapping[str, object]) -> Claims:
        text = token.get("id_token")
        if not isinstance(text, str):
            raise ProviderError("it gave no ID token")
        keys = await self._data.keys()
        try:
            try:
                found = _decoded(text, keys, metadata)
            except InvalidKeyIdError:  # its keys were exchanged
                found = _decoded(text, await self._data.keys(newer_than=keys), metadata)
            claims = CodeIDToken(
                found.claims,
                found.header,
                {
                    "iss": {"essential": True, "value": self.settings.issuer},
                    "aud": {"essential": True, "value": self.settings.client_id},
                },
                {
                    "nonce": attempt.nonce,
                    "client_id": self.settings.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderError(f"its ID token does not hold: {error}") from error
        return dict(claims)


def _decoded(text: str, keys: KeySet, metadata: Metadata) -> jwt.Token:
    return jwt.decode(text, keys, algorithms=list(metadata.algorithms))
