-- Time passes: the clocks, the budget, the presence slots, and what lapses by them.

local function rotate_slots()
  local width = math.max(rules.presence_ms, 100) / 3
  if room.clock < room.slot_since then room.slot_since = room.clock end
  local turns = 0
  while room.clock - room.slot_since >= width and turns < 4 do
    room.slot = room.slot + 1
    room.slot_since = room.slot_since + width
    for _, lane in ipairs(lanes) do redis.call('DEL', lane.seen[room.slot % 4 + 1]) end
    turns = turns + 1
  end
  if room.clock - room.slot_since >= width then room.slot_since = room.clock end
end

-- How far `called` was `keep` ago: whoever's turn was at or before it has missed it.
local function move_floor(lane)
  if lane.called ~= lane.marked and room.open - lane.marked_at >= rules.keep_ms / 64 then
    redis.call('RPUSH', lane.calls, int(room.open) .. ':' .. int(lane.called))
    lane.marked, lane.marked_at = lane.called, room.open
  end
  for _ = 1, 8 do
    local first = redis.call('LINDEX', lane.calls, 0)
    if not first then return end
    local at, called = string.match(first, '(%d+):(%d+)')
    if tonumber(at) + rules.keep_ms > room.open then return end
    lane.floor = math.max(lane.floor, tonumber(called))
    redis.call('LPOP', lane.calls)
  end
end

local function is_moving() return (rules.mode == 'auto' or rules.mode == 'queue') and not rules.sold_out end

local function may_enter() return is_moving() and room.opens == 0 and room.clock >= room.hold end

-- An idle room saves up `burst`, and one admission at least; a queue that holds everyone no more than that one.
-- A rate of 0 admits nobody, not even by what was saved before. `spared`: what accrues in so many ms is kept in any case.
local function trim_budget(spared)
  local most = rate() > 0 and math.max(1, rate() * (spared or 0) / 60000) or 0
  if rules.mode == 'auto' then most = math.max(most, rate() * rules.burst_ms / 60000) end
  room.tokens = math.min(room.tokens, most)
end

-- The outflow of a lane a minute: an exponentially weighted mean over the time in which somebody stood in it, free
-- of the start's bias by dividing by the weight so far (as in Kingma and Ba, "Adam", 2015, section 3).
local function fade_flow(lane, step)
  local fade = math.exp(-step / FLOW_MEMORY)
  lane.flow = lane.flow * fade
  lane.flow_weight = lane.flow_weight * fade + 1 - fade
end

-- Did anyone stand in line when the script began?
local function note_who_stands()
  local any = false
  for _, lane in ipairs(lanes) do
    lane.stood = lane.called < lane.issued or (lane.issued > 0 and redis.call('ZCARD', lane.late) > 0)
    any = any or lane.stood
  end
  return any
end

-- Granted places come back that nobody entered by. No more than once the rate on top of it: a crowd that never comes
-- drains no line. At a rate of 0 nobody is let in for them, either.
local function refund(count)
  local most = rate() > 0 and math.max(1, rate() * rules.entry_ms / 60000) or 0
  local refunded = math.min(count, math.max(math.floor(most - room.refunded + 1e-6), 0))
  room.refunded = room.refunded + refunded
  room.tokens = room.tokens + refunded
end

-- A place that was not taken goes to the next in line: those who really enter meet the rate. Its holder may come back
-- once; who lets a second one lapse has missed the turn, and holds nobody else up.
local function lapse_grants()
  local lapsed = redis.call('ZRANGEBYSCORE', GRANTED, '-inf', room.open)
  if #lapsed == 0 then return end
  redis.call('ZREMRANGEBYSCORE', GRANTED, '-inf', room.open)
  for _, place in ipairs(lapsed) do
    local name, number = string.match(place, '^(.*):(%d+)$')
    local lane = lane_named(name)
    number = tonumber(number)
    if has_lapsed(lane, number) then mark_used(lane, number) else mark_lapsed(lane, number, 1) end
  end
  room.no_shows = room.no_shows + #lapsed
  refund(#lapsed)
end

-- Time passes: the clocks, the budget, the presence slots, what lapses.
local function pass_time()
  local step = math.min(math.max(wall - room.wall, 0), MAX_STEP)
  local stood = note_who_stands()
  room.wall = wall
  room.clock = room.clock + step
  if (is_moving() or rules.mode == 'pass') and room.opens == 0 then room.open = room.open + step end
  if may_enter() then
    room.tokens = room.tokens + rate() * step / 60000
    room.refunded = math.max(room.refunded - rate() * step / 60000, 0)
    if not stood then trim_budget() end
    for _, lane in ipairs(lanes) do
      if lane.stood then fade_flow(lane, step) end
    end
  end
  rotate_slots()
  redis.call('ZREMRANGEBYSCORE', SESSIONS, '-inf', room.clock)
  lapse_grants()
  for _, lane in ipairs(lanes) do
    if lane.issued > 0 then
      move_floor(lane)
      forget_summons(lane)
      trim_bits(lane)
    end
  end
end

-- Reads the room and lets time pass. What it gives back is the answer to a caller with whom nothing can be done yet.
local function enter()
  local refused = look()
  if refused then return refused end
  if is_lost() then return {'LOST'} end
  if room.epoch == 0 then begin_room() end
  notice_restart()
  catch_up()
  keep_steady()
  notice_clock()
  take_due_steps()
  -- without rules nothing has a length yet: the worker that sees version 0 brings them
  if rules.version > 0 then
    pass_time()
  else
    note_who_stands()
    room.wall = wall
  end
end
