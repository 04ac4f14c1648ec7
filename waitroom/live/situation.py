"""How a running room stands: read from the line, which is not changed by it."""

from __future__ import annotations

from waitroom.assembly.line import weights_of
from waitroom.assembly.redis import connect
from waitroom.embedded import EmbeddedRedis
from waitroom.errors import LineUnavailableError
from waitroom.line.memory import Memory
from waitroom.line.rules import Rules
from waitroom.line.snapshot import Snapshot
from waitroom.line.store import LineStore
from waitroom.settings import RoomSettings, Settings
from waitroom.shaping.plan import Situation


async def read_situation(settings: Settings, room: RoomSettings) -> Situation:
    """The figures of a room. Raises :class:`~waitroom.errors.LineUnavailableError` where no gateway runs."""
    redis = connect(settings.redis_url or EmbeddedRedis(settings.data_dir).url, settings)
    memory = Memory(tuple(weights_of(room)))
    lanes = [LineStore(redis, room.name, lane, memory) for lane in memory.lanes]
    try:
        rules = await lanes[0].rules()
        snapshots = [Snapshot(await lane.view(0)) for lane in lanes]
    except LineUnavailableError as error:
        if settings.redis_url is None:
            raise LineUnavailableError(f"no gateway runs with data_dir {settings.data_dir}") from error
        raise
    finally:
        await redis.aclose()
    return situation_of(snapshots, rules)


def situation_of(lanes: list[Snapshot], rules: Rules) -> Situation:
    """The figures of a room from what is known of its lanes."""
    head = lanes[0].head
    inside = head.sessions + head.granted
    flow = sum(lane.head.flow for lane in lanes)
    return Situation(
        waiting=sum(lane.waiting for lane in lanes),
        inside=inside,
        # Little's law, read backwards
        visit_seconds=inside * 60 / flow if flow else 0.0,
        flow=flow,
        no_shows=head.no_shows / head.admitted if head.admitted else 0.0,
        rules=rules,
    )
