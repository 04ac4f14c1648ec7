"""The core calls of the Virtual Waiting Room on AWS, which its makers retired in November 2025.

After its public source (github.com/aws-solutions/virtual-waiting-room-on-aws, ``source/core-api/lambda_functions``):
``assign_queue_num``, ``get_queue_num``, ``get_serving_num``, ``generate_token_base``,
``set_max_queue_position_expired`` and the periodic inlet.

What stands for what: a queue in the process for SQS (batches of ten, as its template has it), hashes and a sorted set
in the same Redis for the tables in DynamoDB, this process for API Gateway and Lambda, one HMAC token for three RSA
ones. The inlet ticks once a second, where the rule that drives it cannot do so more than once a minute; so does the
check for expired positions. All of that is in its favour.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import cast
from uuid import uuid4

import jwt

from loadtests.side_by_side.rooms.options import LOG, RATE, Budget, Options, connect
from loadtests.side_by_side.rooms.web import Answer, Request, Room

QUEUE, SERVING, EXPIRED, TOKENS = (
    "queue_counter",
    "serving_counter",
    "max_queue_position_expired",
    "token_counter",
)
ISSUED = "serving_counter_issued"
"""Sorted set of values of the serving counter; ``issued_at`` and ``served`` are hashes by the same values."""
BATCH = 10
VALIDITY_SECONDS = 3600
SECRET = "a secret for measurements, 32 bytes"


class ServingCounter(Room):
    """``POST /assign_queue_num`` and ``GET /queue_num`` join, ``GET /serving_num`` polls, ``POST /generate_token``."""

    def __init__(self, options: Options) -> None:
        self._redis = connect(options.redis_url)
        self._logged = options.logged
        self._expiry = options.expiry_seconds
        self._budget = Budget()
        self._messages: asyncio.Queue[str] = asyncio.Queue()

    async def answer(self, request: Request) -> Answer:
        """What a visitor gets."""
        match request.path:
            case "/assign_queue_num":
                if json.loads(request.body)["event_id"] != "sale":
                    return Answer(400, {"error": "Invalid event ID"})
                visitor = str(uuid4())
                self._messages.put_nowait(visitor)
                return Answer(200, {"api_request_id": visitor})
            case "/queue_num":
                number = await self._redis.hget(_request(request.query["request_id"]), "queue_position")
                if number is None:
                    return Answer(202, {"error": "Request ID not found"})
                return Answer(200, {"queue_number": int(number)})
            case "/serving_num":
                return Answer(200, {"serving_counter": int(await self._redis.get(SERVING) or 0)})
            case "/generate_token":
                return await self._token(json.loads(request.body)["request_id"])
        return Answer(404, {})

    async def serve(self) -> None:
        """Assigns numbers, as the function behind the queue does."""
        while True:
            batch = [await self._messages.get()]
            with suppress(asyncio.QueueEmpty):
                while len(batch) < BATCH:
                    batch.append(self._messages.get_nowait())
            first = int(await self._redis.incrby(QUEUE, len(batch))) - len(batch) + 1
            now = int(time.time())
            pipe = self._redis.pipeline(transaction=False)
            for number, visitor in enumerate(batch, first):
                pipe.hset(
                    _request(visitor), mapping={"queue_position": number, "entry_time": now, "status": 1}
                )
            await pipe.execute()

    async def tick(self) -> None:
        """The periodic inlet, and then the turns that nobody took."""
        rate = await self._redis.get(RATE)
        if count := self._budget.spend(time.monotonic(), float(rate or 0)):
            await self._serve_more(count)
        await self._give_back()

    async def close(self) -> None:
        """Lets go of Redis."""
        await self._redis.aclose()

    async def _serve_more(self, count: int) -> None:
        serving = int(await self._redis.incrby(SERVING, count))
        pipe = self._redis.pipeline(transaction=False)
        pipe.zadd(ISSUED, {str(serving): serving})
        pipe.hset("issued_at", str(serving), str(time.time()))
        if self._logged:
            pipe.rpush(LOG, f"{time.time()} {serving}")
        await pipe.execute()

    async def _give_back(self) -> None:
        """Positions whose time is over are served again to those behind them, less those who came."""
        expired = int(await self._redis.get(EXPIRED) or 0)
        values = await self._redis.zrangebyscore(ISSUED, f"({expired}", "inf", start=0, num=100)
        for text in cast("list[str]", values):
            position = int(text)
            issued_at = float(await self._redis.hget("issued_at", text) or 0)
            if time.time() - issued_at < self._expiry:
                return
            if position > int(await self._redis.get(QUEUE) or 0):
                return  # nobody holds it yet: its time has not begun
            served = int(await self._redis.hget("served", text) or 0)
            await self._redis.set(EXPIRED, position)
            if position - expired > served:
                await self._serve_more(position - expired - served)
            expired = position

    async def _token(self, visitor: str) -> Answer:
        pipe = self._redis.pipeline(transaction=False)
        pipe.hget(_request(visitor), "queue_position")
        pipe.get(SERVING)
        pipe.hget(f"token:{visitor}", "issued_at")
        pipe.get(EXPIRED)
        position, serving, issued, expired = cast("list[str | None]", await pipe.execute())
        if position is None:
            return Answer(400, {"error": "Invalid request ID"})
        number = int(position)
        if number > int(serving or 0):
            return Answer(202, {"error": "Request ID not being served yet"})
        if issued is not None:
            return Answer(200, {"access_token": _signed(visitor, number, int(issued))})
        if number <= int(expired or 0):
            return Answer(410, {"error": "Queue position has expired"})
        # the value of the counter by which the position was served
        values = await self._redis.zrangebyscore(ISSUED, number, "inf", start=0, num=1)
        [value] = cast("list[str]", values)
        now = int(time.time())
        pipe = self._redis.pipeline(transaction=False)
        pipe.hset(f"token:{visitor}", mapping={"issued_at": now, "queue_number": number, "session_status": 0})
        pipe.incr(TOKENS)
        pipe.hincrby("served", value, 1)
        await pipe.execute()
        return Answer(200, {"access_token": _signed(visitor, number, now)})


def _request(visitor: str) -> str:
    return f"request:{visitor}"


def _signed(visitor: str, number: int, at: int) -> str:
    claims = {
        "aud": "sale",
        "sub": visitor,
        "queue_position": number,
        "iat": at,
        "exp": at + VALIDITY_SECONDS,
    }
    return jwt.encode(claims, SECRET, algorithm="HS256")
