"""An OpenID Connect provider in this process: a real server that signs with RS256, and can be told to do wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "the-console", "the console's secret at the provider"


@cache
def key_of(kid: str, generation: int = 0) -> RSAKey:
    """A key pair; of another ``generation`` it is another one of the same name."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@dataclass
class FakeProvider:
    """What the provider does. Whoever comes is signed in at once, as ``claims`` say."""

    url: str
    claims: dict[str, object] = field(default_factory=dict)
    userinfo: dict[str, object] | None = None
    wrong: dict[str, object] = field(default_factory=dict)
    """Claims of the ID token that are not as they should be; None: left out."""
    issuer: str = ""
    algorithm: str = "RS256"
    error: str = ""
    breaks: str = ""
    """The path that answers 500."""
    answer_iss: str = ""
    key: RSAKey = field(default_factory=lambda: key_of("one"))
    signs_with: RSAKey | None = None
    seen: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> Starlette:
        """Its endpoints."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
                Route("/userinfo", self.about),
            ]
        )

    async def discovery(self, request: Request) -> Response:
        """What it says of itself."""
        found = {
            "issuer": self.issuer or self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        if self.userinfo is not None:
            found["userinfo_endpoint"] = f"{self.url}/userinfo"
        return self._answer(request, found)

    async def authorize(self, request: Request) -> Response:
        """Sends the browser back with a code."""
        asked = dict(request.query_params)
        answer = {"state": asked["state"]} | ({"iss": self.answer_iss} if self.answer_iss else {})
        if self.error:
            answer["error"] = self.error
        else:
            answer["code"] = f"code-{len(self.codes)}"
            self.codes[answer["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    async def token(self, request: Request) -> Response:
        """Exchanges a code, once, for whoever has the verifier and the secret."""
        given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(given.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or request.headers.get("authorization") != f"Basic {basic}"
            or asked["code_challenge_method"] != "S256"
            or asked["code_challenge"] != challenge.decode().rstrip("=")
            or asked["redirect_uri"] != given.get("redirect_uri")
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return self._answer(
            request,
            {"access_token": "an access token", "token_type": "Bearer", "id_token": self._id_token(asked)},
        )

    async def keys(self, request: Request) -> Response:
        """Its public keys."""
        return self._answer(request, dict(KeySet([self.key]).as_dict(private=False)))

    async def about(self, request: Request) -> Response:
        """What else it knows."""
        if request.headers.get("authorization") != "Bearer an access token":
            return Response(status_code=401)
        return self._answer(request, dict(self.userinfo or {}))

    def _answer(self, request: Request, found: Mapping[str, object]) -> Response:
        path = request.url.path
        self.seen.append(path)
        return Response(status_code=500) if path == self.breaks else JSONResponse(found)

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": self.url,
            "aud": asked["client_id"],
            "sub": "subject-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
            **self.wrong,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.signs_with or self.key
        header = {"alg": self.algorithm, "kid": str(key.kid)}
        if self.algorithm == "HS256":
            return jwt.encode(header, claims, OctKey.import_key(SECRET * 2))
        if self.algorithm == "none":
            parts = [
                base64.urlsafe_b64encode(each).decode().rstrip("=")
                for each in (b'{"alg":"none"}', _json(claims))
            ]
            return f"{parts[0]}.{parts[1]}."
        return jwt.encode(header, claims, key)


def _json(claims: dict[str, object]) -> bytes:
    return json.dumps(claims).encode()


@contextmanager
def running_provider() -> Iterator[FakeProvider]:
    """A provider that listens on the loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        provider = FakeProvider(f"http://127.0.0.1:{listener.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(provider.app(), log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield provider
        finally:
            server.should_exit = True
            thread.join(10)
