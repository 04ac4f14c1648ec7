"""Where the workers of all machines put together what they saw of the shop: in Redis, with the controller's state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from waitroom.errors import LineUnavailableError
from waitroom.line.keys import VERSION
from waitroom.redis.cluster import shard_of
from waitroom.shaping.telling import together, words
from waitroom.shaping.window import Window

STEP_SECONDS = 1.0
"""Between two steps of the controller, however many workers there are."""
ACTIVE_SECONDS = 10.0
_SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True, slots=True)
class Due:
    """It is this worker's turn to make the step."""

    version: int
    state: str
    """As it was put down by :meth:`Told.settle`; empty: there is none, or it is too old."""
    active: int
    """Visitors who made a request within the last ten seconds."""
    seen: Window
    """By all workers, since the last step."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker hears when it has told."""

    wait_seconds: float
    """Until the next step is due."""
    patience_seconds: float
    """After which an answer that has not begun is late; 0: not known yet."""
    due: Due | None


class Told:
    """The adaptive admission of one room in Redis. There is no leader: a step is made by whoever comes first once it
    is due, and one whose worker dies in the middle of it is left out.

    Every method raises :class:`~waitroom.errors.LineUnavailableError` when Redis does not answer.
    """

    def __init__(self, redis: Redis, room: str) -> None:
        prefix = f"waitroom:{VERSION}:{{{room}}}"
        self._keys = [f"{prefix}:{name}" for name in ("adaptive", "adaptive:told", "sessions", "room")]
        self._redis = redis = shard_of(redis, room)
        self._worker = uuid4().hex[:8]
        self._tell = redis.register_script(_source("tell"))
        self._settle = redis.register_script(_source("settle"))

    async def tell(self, seen: Window, *, session_ms: int) -> Answer:
        """Adds what this worker saw to what the others did."""
        arguments: list[str | int | float] = [
            self._worker,
            round(seen.seconds * 1000),
            round(STEP_SECONDS * 1000),
            session_ms,
            round(ACTIVE_SECONDS * 1000),
            *words(seen),
        ]
        try:
            reply = await self._tell(self._keys, arguments)
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error
        wait, patience = reply[0] / 1000, reply[1] / 1000
        if len(reply) == 2:
            return Answer(wait, patience, None)
        version, state, active, told = reply[2:]
        pairs = dict(zip((name.decode() for name in told[::2]), map(float, told[1::2]), strict=True))
        window = together(pairs, usual_seconds=STEP_SECONDS)
        return Answer(wait, patience, Due(int(version), state.decode(), int(active), window))

    async def settle(self, version: int, state: str, *, patience_seconds: float) -> bool:
        """Puts down the state after a step; False where another step came before it."""
        arguments: list[str | int | float] = [version, state, round(patience_seconds * 1000)]
        try:
            return bool(await self._settle(self._keys[:1], arguments))
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error

    async def is_known(self) -> bool:
        """Whether adaptive admission has been on."""
        try:
            return bool(await self._redis.exists(self._keys[0]))
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error

    async def forget(self) -> None:
        """Drops everything."""
        try:
            await self._redis.delete(*self._keys[:2])
        except (RedisError, OSError) as error:
            raise LineUnavailableError(f"Redis does not answer: {error}") from error


@cache
def _source(name: str) -> str:
    return (_SCRIPTS / f"{name}.lua").read_text()
