"""The way to the shop with somebody who looks how the shop does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence

from waitroom.errors import BusyError, OriginError, OwnShareError, WaitroomError
from waitroom.gate.answers import Header
from waitroom.gate.passage import Passage
from waitroom.gate.request import Request
from waitroom.gate.shares import TooManyRequestsError
from waitroom.gate.sockets import is_handshake
from waitroom.gate.timing import is_quick
from waitroom.proxy import Edit, Origin, from_origin
from waitroom.shaping.signals import Signals


class Observed:
    """A :class:`~waitroom.gate.passage.Passage` for one room, whose answers to visits are told to ``signals``.

    What passes without a visit (by a rule, a preflight, a part of a page) is left out: nobody who has not been let in
    can speak for the shop, and it would be taken for the load of those who have.

    What is timed ends where the answer begins, so event streams and downloads are as long as they like. Left out
    are the times of WebSockets, of event streams that may be silent at first, of large bodies, and of the paths in
    ``ignore`` (patterns as those of a room).
    """

    def __init__(self, passage: Passage, signals: Signals, ignore: Sequence[str] = ()) -> None:
        self._passage = passage
        self._signals = signals
        paths = [path.lower() for path in ignore]
        self._exact = frozenset(
            path.removesuffix("/*") for path in paths if not path.endswith("*") or path.endswith("/*")
        )
        self._begins = tuple(path.removesuffix("*") for path in paths if path.endswith("*"))

    @property
    def origin(self) -> Origin:
        """The shop."""
        return self._passage.origin

    def through(
        self,
        request: Request,
        extra: tuple[Header, ...] = (),
        edit: Edit = lambda _, theirs: from_origin(theirs),
        *,
        who: Hashable = None,
        failed: Callable[[WaitroomError], None] | None = None,
    ) -> Awaitable[None]:
        """As :meth:`Passage.through <waitroom.gate.passage.Passage.through>`."""
        if who is None or not self._signals.is_on or is_handshake(request.scope):
            return self._passage.through(request, extra, edit, who=who, failed=failed)
        return self._watched(request, extra, edit, who, failed)

    async def _watched(
        self,
        request: Request,
        extra: tuple[Header, ...],
        edit: Edit,
        who: Hashable,
        failed: Callable[[WaitroomError], None] | None,
    ) -> None:
        signals, scope = self._signals, request.scope
        timed = is_quick(scope) and not self._is_ignored(scope["path"])
        number = signals.asked(who, timed=timed)

        def noted(status: int, theirs: list[Header]) -> list[Header]:
            signals.answered(number, status, theirs)
            return edit(status, theirs)

        try:
            await self._passage.through(request, extra, noted, who=who, failed=failed)
        except TooManyRequestsError:
            signals.refused(number)
            raise
        except OwnShareError:
            # who waited for other requests of their own met nobody
            raise
        except (OriginError, BusyError):
            # who waited in the gateway for a shop that had no place free met a shop that is too busy
            signals.failed(number)
            raise
        finally:
            signals.left(number)

    def _is_ignored(self, path: str) -> bool:
        if not self._begins and not self._exact:
            return False
        path = path.lower()
        return path in self._exact or path.startswith(self._begins)
