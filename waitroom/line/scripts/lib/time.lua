-- Time passes: the clocks, the budget, the presence slots, and what lapses by them.

local function rotate_slots()
  local width = math.max(rules.presence_ms, 100) / 3
  if room.clock < room.slot_since then room.slot_since = room.clock end
  local turns = 0
  while room.clock - room.slot_since >= width and turns < 4 do
    room.slot = room.slot + 1
    room.slot_since = room.slot_since + width
    redis.call('DEL', SEEN[room.slot % 4 + 1])
    turns = turns + 1
  end
  if room.clock - room.slot_since >= width then room.slot_since = room.clock end
end

-- How far `called` was `keep` ago: whoever stands at or before it has missed the turn.
local function move_floor()
  if lane.called ~= lane.marked and room.open - lane.marked_at >= rules.keep_ms / 64 then
    redis.call('RPUSH', CALLS, int(room.open) .. ':' .. int(lane.called))
    lane.marked, lane.marked_at = lane.called, room.open
  end
  for _ = 1, 8 do
    local first = redis.call('LINDEX', CALLS, 0)
    if not first then return end
    local at, called = string.match(first, '(%d+):(%d+)')
    if tonumber(at) + rules.keep_ms > room.open then return end
    lane.floor = math.max(lane.floor, tonumber(called))
    redis.call('LPOP', CALLS)
  end
end

local function trim_bitmaps()
  local settled = lane.floor
  local oldest_late = redis.call('ZRANGE', LATE, 0, 0)[1]
  if oldest_late then settled = math.min(settled, tonumber(oldest_late) - 1) end
  local cut = math.floor((settled - lane.base) / 8)
  if cut * 8 < TRIM then return end
  for i = 0, 4 do
    local key = i == 0 and USED or SEEN[i]
    local rest = redis.call('GETRANGE', key, cut, -1)
    if rest == '' then redis.call('DEL', key) else redis.call('SET', key, rest) end
  end
  lane.base = lane.base + cut * 8
end

local function may_enter()
  return (rules.mode == 'auto' or rules.mode == 'queue') and room.clock >= room.hold
end

-- An idle room saves up `burst`, and one admission at least; a queue that holds everyone no more than that one.
-- A rate of 0 admits nobody, not even by what was saved before.
local function trim_budget()
  local most = rules.rate > 0 and 1 or 0
  if rules.mode == 'auto' then most = math.max(most, rules.rate * rules.burst_ms / 60000) end
  room.tokens = math.min(room.tokens, most)
end

-- The outflow a minute: an exponentially weighted mean over the time in which somebody stood in line, free of
-- the start's bias by dividing by the weight so far (as in Kingma and Ba, "Adam", 2015, section 3).
local function fade_flow(step)
  local fade = math.exp(-step / FLOW_MEMORY)
  room.flow = room.flow * fade
  room.flow_weight = room.flow_weight * fade + 1 - fade
end

-- Time passes: the clocks, the budget, the presence slots, what lapses.
local function pass_time()
  local step = math.min(math.max(wall - room.wall, 0), MAX_STEP)
  room.wall = wall
  room.clock = room.clock + step
  if rules.mode ~= 'pause' and rules.mode ~= 'closed' then room.open = room.open + step end
  if may_enter() then
    room.tokens = room.tokens + rules.rate * step / 60000
    if stood then fade_flow(step) else trim_budget() end
  end
  rotate_slots()
  redis.call('ZREMRANGEBYSCORE', SESSIONS, '-inf', room.clock)
  room.no_shows = room.no_shows + redis.call('ZREMRANGEBYSCORE', GRANTED, '-inf', room.open)
  move_floor()
  trim_bitmaps()
end

-- Reads the room and lets time pass. False when Redis knows less than the caller.
local function enter()
  if not look() then return false end
  if room.epoch == 0 then begin_room() end
  notice_restart()
  catch_up()
  stood = lane.called < lane.issued or redis.call('ZCARD', LATE) > 0
  -- without rules nothing has a length yet: the worker that sees version 0 brings them
  if rules.version > 0 then pass_time() else room.wall = wall end
  return true
end
