-- Redis lost what the caller still knows, from its own memory or from a signed ticket: the higher wins.
-- Lost numbers are never handed out again, and those who hold them stand before all who came since.
-- ARGV 1-5 what is known; a `called` of -1 is unknown (a ticket tells only its number)
-- Reply {status, head}
look()
if is_lost() then
  local called = known.called
  if room.epoch == 0 then
    begin_room()
    -- the lost life may have begun in this very second
    room.epoch = math.max(room.epoch, known.epoch + 1)
    room.fresh = room.epoch
  end
  if known.epoch == room.epoch then
    lane.issued = math.max(lane.issued, known.issued) + GAP
    lane.called = math.max(lane.called, called)
    lane.floor = math.max(lane.floor, math.min(known.floor, lane.called))
  else
    -- Another life was begun meanwhile. The lost one goes on; the newcomers' numbers move behind it, and
    -- their bits with them, by whole bytes.
    local floor = called >= 0 and known.floor or math.max(known.issued - REACH, 0)
    local base = math.floor(math.max(floor, 0) / 8) * 8
    local offset = math.ceil((known.issued + GAP) / 8) * 8
    if called < 0 then offset = offset + REACH end
    local bytes = (offset + lane.base - base) / 8
    for i = 0, 4 do
      local key = i == 0 and USED or SEEN[i]
      local bits = redis.call('GET', key)
      if bits then
        redis.call('DEL', key)
        redis.call('SETRANGE', key, bytes, bits)
      end
    end
    redis.call('DEL', GRANTED, LATE, CALLS)
    if room.alias == 0 then room.alias = room.epoch end
    room.offset = room.offset + offset
    room.epoch = known.epoch
    lane.issued = lane.issued + offset
    lane.called = math.max(called, base)
    lane.floor, lane.base = math.max(floor, 0), base
    lane.marked, lane.marked_at = 0, room.open
    room.clock = math.max(room.clock, known.clock)
    room.slot_since = room.clock
    room.hold = room.clock + HOLD
    room.tokens = 0
  end
  log('restored', 'lane', lane_name, 'issued', int(lane.issued), 'called', int(lane.called))
  save()
end
return {'OK', head()}
