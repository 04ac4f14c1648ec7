-- The state of a room: its keys, and reading and writing what they hold.
-- lib/state, lib/time and lib/calling are put in front of each script: one script call is one atomic decision.
--
-- KEYS (all with the hash tag {room}, so that they share one cluster slot)
--   1 room      hash    epoch, the two clocks, the budget, the presence slot, running totals
--   2 rules     hash    the live settings, with a version
--   3 sessions  zset    visitors inside: "epoch:lane:number" -> the room clock at which the session ends
--   4 granted   zset    called while present, not yet entered: number -> open clock at which the grant lapses
--   5 ended     zset    sessions that the shop ended: member -> room clock of the end
--   6 log       stream  what happened, and who did it
--   7 lane      hash    issued, called, floor, base
--   8 late      zset    absent when called and back since, waiting for budget: number -> number
--   9 calls     list    "open clock:called", oldest first: how far `called` was, and when
--  10 used      bitmap  entered or left
--  11-14 seen   bitmaps presence, a ring of four time slots
-- ARGV
--   1 epoch, 2 issued, 3 called, 4 floor, 5 room clock: the highest that the caller has ever seen (0: nothing yet)
--   6 the name of the lane
--   7… the script's own
-- A reply is {status, head, …}. `LOST` means that Redis knows less than the caller, and nothing was changed.
--
-- Two clocks, in milliseconds, both driven by Redis's TIME but never by more than MAX_STEP a call: a wall
-- clock that jumps, or hours without a gateway, cost nobody a place. The room clock always runs; the open
-- clock stands while nobody may enter (pause, closed), so that a turn does not lapse behind a shut door.

local ROOM, RULES, SESSIONS, GRANTED, ENDED, LOG = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local LANE, LATE, CALLS, USED = KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local SEEN = {KEYS[11], KEYS[12], KEYS[13], KEYS[14]}

local MAX_STEP = 2000          -- ms the clocks may advance in one call
local GAP = 10000              -- numbers left out when some may have been handed out and forgotten
local REACH = 8388608          -- numbers below a returning ticket for which bits are kept after a total loss
local HOLD = 5000              -- ms without admissions after a total loss, while tickets come back
local PROVISIONAL = 30000      -- ms a new session counts before its pass is first returned
local MAX_GRANTS = 1000        -- places called in one run
local MAX_CHUNKS = 64          -- stretches of the line looked at in one run
local CHUNK = 32               -- bytes of each bitmap in a stretch
local TRIM = 1048576           -- settled numbers at the front of the bitmaps before they are cut off
local FLOW_MEMORY = 60000      -- ms over which the outflow is averaged
local LOG_LENGTH = 100000      -- entries kept

local known = {
  epoch = tonumber(ARGV[1]), issued = tonumber(ARGV[2]), called = tonumber(ARGV[3]),
  floor = tonumber(ARGV[4]), clock = tonumber(ARGV[5]),
}
local lane_name = ARGV[6]
local room, lane, rules = {}, {}, {}
local wall
local stood = false -- did anyone stand in line when the script began?

local ROOM_FIELDS = {
  'epoch', 'fresh', 'alias', 'offset', 'clock', 'open', 'wall', 'tokens', 'slot', 'slot_since', 'hold',
  'admitted', 'no_shows', 'flow', 'flow_weight',
}
local LANE_FIELDS = {'issued', 'called', 'floor', 'base', 'marked', 'marked_at'}
local RULE_FIELDS = {'rate', 'capacity', 'session_ms', 'keep_ms', 'presence_ms', 'burst_ms', 'entry_ms', 'version'}

local function int(x) return string.format('%.0f', x) end

local function read(key, fields, into)
  local values = redis.call('HMGET', key, unpack(fields))
  for i, field in ipairs(fields) do into[field] = tonumber(values[i]) or 0 end
end

local function write(key, fields, from)
  local args = {}
  for _, field in ipairs(fields) do
    args[#args + 1] = field
    args[#args + 1] = string.format('%.6f', from[field]):gsub('%.?0+$', '', 1)
  end
  redis.call('HSET', key, unpack(args))
end

local function log(kind, ...)
  redis.call('XADD', LOG, 'MAXLEN', '~', LOG_LENGTH, '*', 'type', kind, 'epoch', int(room.epoch), ...)
end

local function server_id()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
end

local function save()
  write(ROOM, ROOM_FIELDS, room)
  write(LANE, LANE_FIELDS, lane)
end

-- Bits are kept from `base` on: what was settled long ago is cut off.
local function bit_of(number) return number - lane.base end

local function is_used(number)
  local at = bit_of(number)
  return at < 0 or redis.call('GETBIT', USED, at) == 1
end

local function mark_used(number)
  if bit_of(number) >= 0 then redis.call('SETBIT', USED, bit_of(number), 1) end
end

local function mark_seen(number)
  if bit_of(number) >= 0 and number <= lane.issued then
    redis.call('SETBIT', SEEN[room.slot % 4 + 1], bit_of(number), 1)
  end
end

local function is_present(number)
  local at = bit_of(number)
  if at < 0 then return false end
  for _, key in ipairs(SEEN) do
    if redis.call('GETBIT', key, at) == 1 then return true end
  end
  return false
end

-- Does the caller remember more than Redis does?
local function is_lost()
  if known.epoch == 0 or known.epoch == room.alias then return false end
  if known.epoch == room.epoch then return known.issued > lane.issued end
  if known.epoch > room.epoch then return true end
  return room.fresh == room.epoch -- an older life, and this one was not begun by a reset
end

-- A number that the caller read in another life of the line: here it may be somebody else's.
local function is_stale() return known.epoch ~= 0 and known.epoch ~= room.epoch end

local function begin_room()
  room.epoch = math.floor(wall / 1000)
  room.fresh = room.epoch
  room.clock, room.open, room.slot_since = wall, wall, wall
  room.wall = wall
  room.tokens = 1e9 -- a full bucket, whatever the rules will say it holds
  redis.call('HSET', ROOM, 'server', server_id())
  log('began')
end

-- A Redis that was restarted or failed over may have forgotten its last second: leave a gap in the numbers.
local function notice_restart()
  local server = server_id()
  if redis.call('HGET', ROOM, 'server') == server then return end
  redis.call('HSET', ROOM, 'server', server)
  lane.issued = lane.issued + GAP
  log('redis_restarted', 'issued', int(lane.issued))
end

-- Sessions and tokens are dated by this clock. A Redis that came back from an older copy sets it to what its
-- callers have seen; the presence slot begins anew, so that nobody turns absent by that.
local function catch_up()
  if known.epoch == room.epoch and known.clock > room.clock then
    room.clock, room.slot_since = known.clock, known.clock
  end
end

local function head()
  local h = {
    int(room.epoch), int(room.fresh), int(room.alias), int(room.offset), int(lane.issued), int(lane.called),
    int(lane.floor), int(lane.base), int(room.clock), int(room.slot), int(rules.version), int(room.hold),
    int(redis.call('ZCARD', SESSIONS)), int(redis.call('ZCARD', GRANTED)), int(redis.call('ZCARD', LATE)),
    int(room.admitted), int(room.no_shows),
    string.format('%.4f', room.flow_weight > 0.05 and room.flow / room.flow_weight or 0),
    string.format('%.4f', room.tokens),
  }
  return table.concat(h, ' ')
end

-- Reads the room as it stands. False when Redis knows less than the caller.
local function look()
  wall = now()
  read(ROOM, ROOM_FIELDS, room)
  read(LANE, LANE_FIELDS, lane)
  read(RULES, RULE_FIELDS, rules)
  rules.mode = redis.call('HGET', RULES, 'mode') or 'auto'
  return not is_lost()
end
