-- Redis lost what the caller still knows, from its own memory or from a signed ticket: the higher wins.
-- Lost numbers are never handed out again, and those who hold them stand before all who came since.
-- ARGV 1-… what is known; a `called` of -1 is unknown (a ticket tells only its number)
-- own… what is known of the event: its name, commitment, digest, opened_at, seed, opens; and of each lane that is told
--   the first number of its drawn cohort. Empty where it is not known.
-- Reply {status, head}
local refused = look()
if refused then return refused end

-- Another life was begun meanwhile. The lost one goes on; the newcomers' numbers move behind it, and their bits with
-- them, by whole bytes. Of a lane of which the caller knows nothing, much may come back.
local function put_behind(lane)
  local lost = lane.known
  local is_told = lost.called >= 0 and lost.issued > 0
  local floor = is_told and lost.floor or math.max(lost.issued - REACH, 0)
  local base = math.floor(math.max(floor, 0) / 8) * 8
  local offset = math.ceil((lost.issued + GAP) / 8) * 8
  if not is_told then offset = offset + REACH end
  shift_bits(lane, (offset + lane.base - base) / 8)
  redis.call('DEL', lane.late, lane.calls, lane.summoned, lane.resting)
  lane.offset = lane.offset + offset
  lane.issued = lane.issued + offset
  lane.called = math.max(lost.called, base)
  lane.floor, lane.base = math.max(floor, 0), base
  lane.marked, lane.marked_at, lane.summons, lane.rests = 0, room.open, 0, 0
  lane.drawn_first, lane.drawn_count = 0, 0
end

local function raise(lane)
  local lost = lane.known
  if lost.issued <= lane.issued then return end
  lane.issued = lost.issued + GAP
  lane.called = math.max(lane.called, lost.called)
  lane.floor = math.max(lane.floor, math.min(lost.floor, lane.called))
end

local function restore_event()
  local fields = {'event', 'commitment', 'digest', 'opened_at', 'seed'}
  if ARGV[own] == '' then return end
  for i, field in ipairs(fields) do
    if ARGV[own + i - 1] ~= '' then redis.call('HSET', ROOM, field, ARGV[own + i - 1]) end
  end
  room.opens = tonumber(ARGV[own + 5])
  for i, lane in ipairs(told) do
    if lane.known.drawn_count > 0 then
      lane.drawn_first, lane.drawn_count = tonumber(ARGV[own + 5 + i]), lane.known.drawn_count
    end
  end
end

-- A ticket tells of its own lane only; but numbers of the others may have been given out, too.
local function is_by_ticket()
  for _, lane in ipairs(lanes) do
    if lane.known.called < 0 then return true end
  end
  return false
end

if is_lost() then
  if room.epoch == 0 then
    begin_room()
    -- the lost life may have begun in this very second
    room.epoch = math.max(room.epoch, known.epoch + 1)
    room.fresh = room.epoch
  end
  if known.epoch == room.epoch then
    for _, lane in ipairs(lanes) do raise(lane) end
  else
    local by_ticket = is_by_ticket()
    for _, lane in ipairs(lanes) do
      if by_ticket or lane.issued > 0 or lane.known.issued > 0 then put_behind(lane) end
    end
    redis.call('DEL', GRANTED, DESK, FOLLOWED, HANDS)
    if room.alias == 0 then room.alias = room.epoch end
    room.epoch = known.epoch
    room.clock = math.max(room.clock, known.clock)
    room.slot_since = room.clock
    room.hold = room.clock + HOLD
    room.tokens = 0
  end
  restore_event()
  for _, lane in ipairs(lanes) do
    log('restored', 'lane', lane.name, 'issued', int(lane.issued), 'called', int(lane.called), 'opens_at',
      int(room.opens))
  end
  save()
end
return {'OK', head()}
