-- The state of a room: its keys, and reading and writing what they hold.
-- The files of lib/ are put in front of each script, some only where its first line names them (waitroom/line/lua.py):
-- one script call is one atomic decision.
--
-- KEYS (all with the hash tag {room}, so that they share one cluster slot)
--   1 room      hash    epoch, the two clocks, the budget, the presence slot, running totals, the event and its draw,
--                       and which lanes there are
--   2 rules     hash    the live settings, with a version
--   3 sessions  zset    visitors inside: "epoch:lane:number" -> the room clock at which the session ends
--   4 granted   zset    called while present, not yet entered: "lane:number" -> open clock at which the grant lapses
--   5 ended     zset    sessions that the shop ended: member -> room clock of the end
--   6 log       stream  what happened, and who did it
--   7 plan      zset    what the schedule will do: step (JSON) -> when, in milliseconds since 1970
--   8 desk      hash    what the support desk did in this life of the line (lib/desk.lua)
--   9 followed  hash    which place somebody was given when another was over (follow.lua)
--   10 hands    zset    places that were handed anew (lib/hands.lua): "lane:number:hand" -> the room clock of that
--   11… for each lane, in the order of ARGV:
--   +0 lane     hash    epoch, issued, called, floor, base, the drawn cohort, its deficit and its outflow
--   +1 late     zset    absent when called and back since, waiting for budget: number -> turn
--   +2 calls    list    "open clock:called", oldest first: how far `called` was, and when
--   +3 used     bitmap  entered or left, by number
--   +4-7 seen   bitmaps presence, a ring of four time slots, by number
--   +8 lapsed   bitmap  its granted place was not taken once; with the bit of `used`, twice: it has missed its turn
--   +9 left     bitmap  given up, by number; the bit of `used` is set, too
--   +10 summoned zset   called by the support desk, whatever their turn: number -> open clock until which they may enter
--   +11 resting zset    who lets others pass (lib/resting.lua): number -> open clock until which the place is kept; below
--       0, who did and is back
-- ARGV
--   1 epoch, 2 room clock: the highest that the caller has ever seen (0: nothing yet)
--   3 the caller's own wall clock, in milliseconds since 1970
--   4 which of the lanes the call is about, counted from 1
--   5 how many lanes are told, 6 how many of them are the caller's own: these come first, others of the room follow
--   7… of each lane its name, and issued, called, floor, drawn_count as the caller has seen them
--   `own`… the script's own
-- A reply is {status, head, …}. {LOST} means that Redis knows less than the caller, {LANES, names} that the room has
-- lanes that the caller did not tell; either way nothing was changed. Whatever is done to a room is done to all its
-- lanes, whichever file the gateway that asks was started with.
--
-- A ticket has a number, by which its bits are kept, and a turn, which `called` counts. They are the same, but for
-- those who were drawn: at an opening the numbers of a cohort are put in another order (lib/plan.lua).
--
-- Two clocks, in milliseconds, both driven by Redis's TIME but never by more than MAX_STEP a call: a wall
-- clock that jumps, or hours without a gateway, cost nobody a place. The room clock always runs; the open
-- clock stands while nobody may enter (pause, closed, sold out, before an opening), so that a turn does not lapse
-- behind a shut door.

local ROOM, RULES, SESSIONS, GRANTED, ENDED, LOG, PLAN, DESK, FOLLOWED, HANDS =
  unpack(KEYS, 1, 10)

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
local MAX_STEPS = 50           -- steps of the schedule taken in one call
local FIRST_DIGEST = string.rep('0', 40) -- of what the joins before an opening contribute to its draw
local CLOCKS_AGREE = 60000     -- ms by which Redis's clock may be off before that is worth an event

local known = {epoch = tonumber(ARGV[1]), clock = tonumber(ARGV[2]), wall = tonumber(ARGV[3])}
local told, lanes = {}, {} -- the lanes that the caller told, and those of the room in the order that all callers share
local told_names, count_own = {}, tonumber(ARGV[6])
for i = 1, tonumber(ARGV[5]) do
  local key, arg = 12 * i - 1, 5 * i + 2
  told_names[i] = ARGV[arg]
  told[i] = {
    name = ARGV[arg], is_own = i <= count_own,
    known = {
      issued = tonumber(ARGV[arg + 1]), called = tonumber(ARGV[arg + 2]), floor = tonumber(ARGV[arg + 3]),
      drawn_count = tonumber(ARGV[arg + 4]),
    },
    hash = KEYS[key], late = KEYS[key + 1], calls = KEYS[key + 2], used = KEYS[key + 3],
    seen = {KEYS[key + 4], KEYS[key + 5], KEYS[key + 6], KEYS[key + 7]}, lapsed = KEYS[key + 8],
    left = KEYS[key + 9], summoned = KEYS[key + 10], resting = KEYS[key + 11],
  }
end
local asked = told[tonumber(ARGV[4])]
local own = 7 + 5 * #told
local room, rules = {}, {} -- room.has_other_lanes: than those that Redis has of it
local wall

local ROOM_FIELDS = {
  'epoch', 'fresh', 'alias', 'clock', 'open', 'wall', 'tokens', 'slot', 'slot_since', 'hold', 'admitted',
  'entered', 'no_shows', 'given_back', 'opens', 'next_step', 'cursor', 'astray', 'steady', 'refunded', 'stirs',
}
local LANE_FIELDS = {
  'epoch', 'issued', 'called', 'floor', 'base', 'offset', 'marked', 'marked_at', 'drawn_first', 'drawn_count', 'deficit',
  'passed', 'flow', 'flow_weight', 'summons', 'rests',
}
local RULE_FIELDS = {
  'rate', 'capacity', 'session_ms', 'keep_ms', 'presence_ms', 'burst_ms', 'entry_ms', 'limit_rate', 'limit_shared',
  'limit_inside', 'version',
}

local function lane_named(name)
  for _, lane in ipairs(lanes) do
    if lane.name == name then return lane end
  end
end

local function int(x) return string.format('%.0f', x) end

-- As a place is named in the sets of the room, and the visit that it opens.
local function place_of(lane, number) return lane.name .. ':' .. int(number) end

local function session_of(lane, number) return int(room.epoch) .. ':' .. place_of(lane, number) end

-- Numbers of a hash; 0 for what is not there. `stored` keeps what they were, so that only what changed is written, and
-- `garbled` which keys have something else where a number belongs.
local stored, garbled = {}, {}

local function read(key, fields, into)
  local values, was = redis.call('HMGET', key, unpack(fields)), {}
  for i, field in ipairs(fields) do
    local value = tonumber(values[i])
    was[field], into[field] = value, value or 0
    if values[i] and not value then garbled[key] = true end
  end
  stored[key] = was
end

local function write(key, fields, from)
  local args, was = {}, stored[key]
  for _, field in ipairs(fields) do
    local value = from[field]
    if value ~= was[field] then
      args[#args + 1] = field
      args[#args + 1] = string.format('%.6f', value):gsub('%.?0+$', '', 1)
    end
  end
  if #args == 0 then return false end
  redis.call('HSET', key, unpack(args))
  return true
end

local function log(kind, ...)
  write_record(ROOM, LOG, {'type', kind, 'epoch', int(room.epoch), 'clock', int(room.clock), ...})
end

-- Whom a room that lets everyone through has let through since it was last told.
local function log_passed()
  for _, lane in ipairs(lanes) do
    if lane.passed > 0 then
      log('passed', 'lane', lane.name, 'count', int(lane.passed), 'to', int(lane.called))
      lane.passed = 0
    end
  end
end

local function server_id()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
end

-- "general:1 members:3": what each lane is given of what there is; a lane that is not named has 1.
local function weigh(text)
  if #lanes == 1 then
    lanes[1].weight = 1
    return
  end
  for _, lane in ipairs(lanes) do
    lane.weight = 1
    for name, weight in string.gmatch(text or '', '([^:%s]+):([^%s]+)') do
      if name == lane.name then lane.weight = tonumber(weight) or 1 end
    end
  end
end

local MODES = {auto = true, queue = true, pass = true, pause = true, closed = true}

-- Is there a setting that no gateway would have written? Somebody did by hand.
local function are_nonsense()
  if garbled[RULES] or not MODES[rules.mode] then return true end
  for field, value in pairs(stored[RULES]) do
    local least = string.sub(field, 1, 6) == 'limit_' and -1 or string.sub(field, -3) == '_ms' and field ~= 'burst_ms' and 1 or 0
    if not (value >= least and value < 1e15) then return true end
  end
  return false
end

local function read_rules()
  garbled[RULES] = nil
  read(RULES, RULE_FIELDS, rules)
  local values = redis.call('HMGET', RULES, 'mode', 'weights', 'limit_rate', 'limit_shared', 'sold_out')
  rules.mode = values[1] or 'auto'
  if are_nonsense() then
    -- as good as none: nobody is let in by them, and the worker that sees version 0 brings those before
    for _, field in ipairs(RULE_FIELDS) do rules[field] = 0 end
    if not MODES[rules.mode] then rules.mode = 'auto' end
  end
  weigh(values[2])
  if not values[3] then rules.limit_rate = -1 end
  if not values[4] then rules.limit_shared = -1 end
  rules.sold_out = values[5] == 'yes'
end

-- Workers to which a room is still, with nobody in any lane, look at it again once this has changed: when the state of a
-- lane has, when somebody came back late, lets others pass or has handed a place over, when the shop ended a visit.
local function stir() room.stirs = room.stirs + 1 end

local function save()
  for _, lane in ipairs(lanes) do
    lane.epoch = room.epoch
    if (lane == asked or lane.issued > 0) and write(lane.hash, LANE_FIELDS, lane) then stir() end
  end
  write(ROOM, ROOM_FIELDS, room)
  if room.has_other_lanes then
    local names = {}
    for i, lane in ipairs(lanes) do names[i] = lane.name end
    redis.call('HSET', ROOM, 'lanes', table.concat(names, ' '))
  end
end

-- Admissions a minute, and visitors inside (0: any number): what ops staff set, or less where the shop needs it or
-- other rooms have their part.
local function rate()
  local least = rules.rate
  if rules.limit_rate >= 0 then least = math.min(least, rules.limit_rate) end
  if rules.limit_shared >= 0 then least = math.min(least, rules.limit_shared) end
  return least
end

local function capacity()
  if rules.limit_inside == 0 or rules.capacity == 0 then return math.max(rules.limit_inside, rules.capacity) end
  return math.min(rules.limit_inside, rules.capacity)
end

-- Is the life that the caller knows one that Redis forgot?
local function is_lost_life()
  if known.epoch == 0 or known.epoch == room.alias or known.epoch == room.epoch then return false end
  -- an older one, where this one was not begun by a reset
  return known.epoch > room.epoch or room.fresh == room.epoch
end

-- Does the caller remember more than Redis does?
local function is_lost()
  if known.epoch ~= room.epoch or known.epoch == 0 then return is_lost_life() end
  for _, lane in ipairs(lanes) do
    if lane.known.issued > lane.issued or lane.known.drawn_count > lane.drawn_count then return true end
  end
  return false
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

local function clear(lane)
  redis.call('DEL', lane.hash, lane.late, lane.calls, lane.used, lane.lapsed, lane.left, lane.summoned, lane.resting,
    unpack(lane.seen))
  for _, field in ipairs(LANE_FIELDS) do lane[field] = 0 end
  stored[lane.hash] = {}
end

-- Ends this life of the line: every ticket becomes one of an earlier epoch. Those inside stay inside. A lane that is
-- not the caller's own comes back with the first caller whose own it is.
local function begin_anew()
  log_passed()
  redis.call('DEL', GRANTED, DESK, FOLLOWED, HANDS)
  local kept = {}
  for _, lane in ipairs(lanes) do
    clear(lane)
    if lane.is_own then kept[#kept + 1] = lane end
  end
  lanes, room.has_other_lanes = kept, true
  redis.call('HDEL', ROOM, 'event', 'commitment', 'digest', 'opened_at', 'seed')
  room.epoch = math.max(room.epoch + 1, math.floor(wall / 1000))
  room.fresh, room.alias, room.tokens, room.opens = 0, 0, 0, 0
end

-- A Redis that was restarted or failed over may have forgotten its last second: leave a gap in the numbers.
local function notice_restart()
  local server = server_id()
  if redis.call('HGET', ROOM, 'server') == server then return end
  redis.call('HSET', ROOM, 'server', server)
  for _, lane in ipairs(lanes) do
    lane.issued = lane.issued + GAP
    log('redis_restarted', 'lane', lane.name, 'issued', int(lane.issued))
  end
end

-- Sessions and tokens are dated by this clock. A Redis that came back from an older copy sets it to what its
-- callers have seen; the presence slot begins anew, so that nobody turns absent by that.
local function catch_up()
  if known.epoch == room.epoch and known.clock > room.clock then
    room.clock, room.slot_since = known.clock, known.clock
  end
end

-- The room as its callers are told of it, with the lane that they asked about.
local function head()
  local lane = asked
  local h = {
    int(room.epoch), int(room.fresh), int(room.alias), int(lane.offset), int(lane.issued), int(lane.called),
    int(lane.floor), int(lane.base), int(room.clock), int(room.slot), int(rules.version), int(room.hold),
    int(redis.call('ZCARD', SESSIONS)), int(redis.call('ZCARD', GRANTED)), int(redis.call('ZCARD', lane.late)),
    int(room.admitted), int(room.no_shows), int(room.opens), int(lane.drawn_first), int(lane.drawn_count),
    int(room.entered), int(room.given_back), int(room.stirs),
    string.format('%.4f', lane.flow_weight > 0.05 and lane.flow / lane.flow_weight or 0),
    string.format('%.4f', room.tokens),
  }
  return table.concat(h, ' ')
end

-- Brings the lanes of the room into their order, the caller's behind those that are there. What it gives back is the
-- answer to a caller who did not tell all of them. A lane that is not the caller's own, and is gone, counts only where
-- Redis forgot it.
local function order_lanes()
  local names = redis.call('HGET', ROOM, 'lanes') or ''
  if names == table.concat(told_names, ' ') then
    lanes = told -- as nearly always
    return
  end
  local by_name = {}
  for _, lane in ipairs(told) do by_name[lane.name] = lane end
  for name in string.gmatch(names, '%S+') do
    if not by_name[name] then return {'LANES', names} end
    lanes[#lanes + 1], by_name[name] = by_name[name], nil
  end
  for _, lane in ipairs(told) do
    local is_forgotten = lane.known.issued > 0 and (known.epoch == room.epoch or is_lost_life())
    local counts = lane.is_own or lane == asked or is_forgotten
    if by_name[lane.name] and counts then
      lanes[#lanes + 1], room.has_other_lanes = lane, true
    end
  end
end

-- Reads the room as it stands. What it gives back is the answer to a caller who knows too little of the lanes.
local function look()
  wall = now()
  read(ROOM, ROOM_FIELDS, room)
  local refused = order_lanes()
  if refused then return refused end
  for _, lane in ipairs(told) do read(lane.hash, LANE_FIELDS, lane) end
  for _, lane in ipairs(lanes) do
    -- of a life that ended while nobody knew of this lane
    if lane.issued > 0 and lane.epoch ~= room.epoch then clear(lane) end
  end
  read_rules()
end
