"""One request and its answer: who waits for what, until when, and what becomes of the connection."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import Receive, Send

from waitroom.errors import OriginTimeoutError
from waitroom.proxy.answer import Answer
from waitroom.proxy.connection import Connection
from waitroom.proxy.request import Framing, Request
from waitroom.proxy.request_body import RequestBody, until_gone
from waitroom.proxy.supply import Supply
from waitroom.proxy.timeouts import OriginTimeouts
from waitroom.proxy.watch import Watch

EARLY_HINT: Final = "http.response.early_hint"
"""The extension of ASGI, and its message."""
_Waiter = asyncio.Future[None] | asyncio.Future[Connection]


class Exchange:
    """Carries one request out. Whatever happens, :meth:`close` must be called at the end.

    Three things can end a wait: progress of the answer, :meth:`fail`, and the cancellation of the task itself.
    """

    _connection: Connection | None = None
    _answer: Answer | None = None
    _error: Exception | None = None
    _waiter: _Waiter | None = None
    _deadline: float | None = None
    _patience = 0.0
    _repeated = False
    _task: asyncio.Task[None] | None = None
    early: Send | None = None
    """Told of early hints, before the answer comes; None where the server below could not pass them on."""

    def __init__(
        self, pool: Supply, timeouts: OriginTimeouts, watch: Watch, request: Request, receive: Receive
    ) -> None:
        self._pool = pool
        self._timeouts = timeouts
        self._request = request
        self._receive = receive
        self._body: RequestBody | None = None
        self._sent = request.framing is Framing.NONE
        if not self._sent:
            self._body = RequestBody(receive, request.framing, stall_seconds=timeouts.idle)
        self._watch = watch
        self._loop = watch.add(self)

    async def answer(self) -> Answer:
        """Send the request, and return its answer as soon as the header is there.

        A kept-alive connection that turns out to have been closed is replaced once, when that does no harm.

        Raises:
            OriginError: there is no proper answer.
            ClientGoneError: the visitor left.
        """
        connection = self._pool.take() or await self._connect(fresh=False)
        while True:
            answer = self._start(connection)
            seconds = self._timeouts.response
            due: float | None = None
            while not answer.started and answer.failure is None:
                # a header that comes a byte at a time has no longer than one that comes at once
                now = self._loop.time()
                if due is None and self._sent:
                    due = now + seconds
                left = seconds if due is None else due - now
                if left <= 0:
                    raise OriginTimeoutError(f"no header from the origin within {seconds:g} s")
                answer.waiter = waiter = self._loop.create_future()
                await self._watched(waiter, left)
                if answer.hints and self.early is not None:
                    links, answer.hints = answer.hints, ()
                    await self.early({"type": EARLY_HINT, "links": links})
            if answer.failure is None:
                return answer
            connection = await self._other(connection, answer)

    async def more(self) -> bytes:
        """Wait for more of the body, and return all that has arrived: nothing, where only its end was left.

        Raises:
            OriginError: the origin broke off, or took too long.
            ClientGoneError: the visitor left.
        """
        answer = self._answer
        assert answer is not None
        if self._error is not None:
            raise self._error
        while not answer.buffered and not answer.complete:
            if answer.failure is not None:
                raise answer.failure
            answer.waiter = waiter = self._loop.create_future()
            await self._watched(waiter, self._timeouts.idle)
        return answer.take()

    def finish(self) -> None:
        """Give the connection back, now that the answer is complete: the visitor may take long to read it."""
        connection = self._connection
        self._connection = None
        if connection is None:
            return
        if self._sent and connection.finish():
            self._pool.release(connection)
        else:
            self._pool.discard(connection)

    def fail(self, error: Exception) -> None:
        """End the exchange from outside: whoever waits in it gets this error."""
        if self._error is None:
            self._error = error
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)

    def close(self) -> None:
        """End everything. A connection that was not given back is dropped, and with it the origin's work."""
        self._watch.discard(self)
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._connection is not None:
            self._pool.discard(self._connection)
            self._connection = None

    def _repeatable(self) -> bool:
        return self._request.idempotent and (self._body is None or not self._body.begun)

    async def _other(self, connection: Connection, answer: Answer) -> Connection:
        """A connection to send the request on once more. Raises the failure of the answer where it cannot be."""
        assert answer.failure is not None
        if self._repeated or not answer.untouched:
            raise answer.failure
        self._repeated = True
        self._pool.fail(connection)
        self._connection = None
        if connection.requests <= 1 or not self._repeatable():
            raise answer.failure
        fresh = await self._connect(fresh=True)
        if not self._repeatable():  # a piece of the body came meanwhile, and went nowhere
            self._pool.release(fresh)
            raise answer.failure
        return fresh

    async def _connect(self, *, fresh: bool) -> Connection:
        waiter = self._pool.queue(fresh=fresh)
        try:
            await self._watched(waiter, self._timeouts.connect)
        except BaseException:
            self._pool.withdraw(waiter)
            raise
        return waiter.result()

    def _start(self, connection: Connection) -> Answer:
        self._connection = connection
        if self._body is not None:
            self._body.connection = connection
        self._answer = connection.send(self._request)
        if self._task is None and not self._sent:
            self._task = self._loop.create_task(self._attend())
        return self._answer

    def _watched(self, waiter: _Waiter, seconds: float) -> _Waiter:
        """The same waiter, which from here on can fail: by :meth:`fail`, and when ``seconds`` have gone by."""
        if self._error is not None:
            raise self._error
        self._waiter = waiter
        self._patience = seconds
        # While the request is still being sent, the origin may well be waiting for the rest of it.
        waiting_for_origin = self._sent or self._connection is None
        self._deadline = self._loop.time() + seconds if waiting_for_origin else None
        return waiter

    def look(self, now: float) -> None:
        """See to the deadline, and from the first time on, to the visitor."""
        waits = self._waiter is not None and not self._waiter.done()
        if waits and self._deadline is not None and now >= self._deadline:
            what = "connection to" if self._connection is None else "sign of life from"
            self.fail(OriginTimeoutError(f"no {what} the origin within {self._patience:g} s"))
        elif self._task is None and self._sent:
            # Listening whether the visitor leaves takes a task, dear beside a small request, and most are done
            # by now. The body of a request must be read no sooner than it can be passed on.
            self._task = self._loop.create_task(self._attend())

    async def _attend(self) -> None:
        """Send the body, then wait for the visitor to leave."""
        try:
            if self._body is not None and not self._sent:
                await self._body.send()
                self._sent = True
                if self._waiter is not None:  # if it is done, the deadline is of no meaning
                    self._deadline = self._loop.time() + self._patience
            await until_gone(self._receive)
        except Exception as error:
            # Also what the caller's own receive() raises: it is the caller's to see.
            self.fail(error)
