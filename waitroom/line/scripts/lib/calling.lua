-- Calling: the budget is spent on those who are present, lane by lane, in the order of their turns.

local function inside()
  return redis.call('ZCARD', SESSIONS) + redis.call('ZCARD', GRANTED)
end

local function spendable()
  if rules.version == 0 or not may_enter() then return 0 end
  local places = math.min(math.floor(room.tokens + 1e-6), MAX_GRANTS)
  if capacity() > 0 then places = math.min(places, capacity() - inside()) end
  return math.max(places, 0)
end

local function spend(count)
  room.tokens = room.tokens - count
  room.admitted = room.admitted + count
end

local function open_session(lane, number)
  mark_used(lane, number)
  if has_lapsed(lane, number) then mark_lapsed(lane, number, 0) end
  if lane.summons > 0 then redis.call('ZREM', lane.summoned, int(number)) end
  local lasts = math.min(PROVISIONAL, rules.session_ms)
  redis.call('ZADD', SESSIONS, room.clock + lasts, session_of(lane, number))
  room.entered = room.entered + 1
end

local function grant(lane, number)
  redis.call('ZADD', GRANTED, room.open + rules.entry_ms, place_of(lane, number))
end

-- Those who were absent when called and are back, and whom the support desk called, stand before those not yet called.
local function serve_late(lane, places)
  if places == 0 then return 0 end
  local served = 0
  local members = redis.call('ZRANGE', lane.late, 0, 4 * places, 'WITHSCORES')
  for i = 1, #members, 2 do
    if served == places then break end
    local number, turn = tonumber(members[i]), tonumber(members[i + 1])
    redis.call('ZREM', lane.late, members[i])
    if is_present(lane, number) and not is_used(lane, number) then
      grant(lane, number)
      -- who holds a place before their turn is known by the summons
      if turn > lane.called then summon(lane, number, rules.entry_ms) end
      served = served + 1
    end
  end
  lane.late_served = lane.late_served + served
  return served
end

-- Whose turn comes while the support desk has called them already is passed over: they hold, or wait for, a place.
-- So is who lets others pass.
local function stands_apart(lane, number)
  if is_resting(lane, number) then return true end
  if lane.summons == 0 then return false end
  return is_summoned(lane, number) or redis.call('ZSCORE', lane.late, int(number))
    or redis.call('ZSCORE', GRANTED, place_of(lane, number))
end

-- Calls those who were drawn, as far as the caller has handed their numbers over in the drawn order.
local function call_drawn(lane, places)
  local served, handed = 0, lane.handed
  while served < places and lane.called < drawn_last(lane) do
    local number = handed and handed.numbers[lane.called + 2 - handed.from]
    if not number or not is_drawn(lane, number) then break end
    lane.called = lane.called + 1
    if is_present(lane, number) and not is_used(lane, number) and not stands_apart(lane, number) then
      grant(lane, number)
      served = served + 1
    end
  end
  return served
end

-- The next number at or after byte `from` that some slot has seen, as a bit; nil when there is none. `ahead` keeps
-- where each slot has its next bit (-1: none), so that one run goes through a bitmap at most once.
local function jump(lane, from, ahead)
  local nearest
  for i, key in ipairs(lane.seen) do
    local at = ahead[i]
    if not at or (at >= 0 and at < from * 8) then at = redis.call('BITPOS', key, 1, from) end
    ahead[i] = at
    if at >= 0 and (not nearest or at < nearest) then nearest = at end
  end
  return nearest
end

-- Moves `called` forward past the absent until `places` present ones are called. Bounded work: runs of
-- absent tickets are jumped over by BITPOS, and after MAX_CHUNKS stretches the rest is left to the next call.
local function call_present(lane, places)
  local served, chunks, ahead = 0, 0, {}
  local last = bit_of(lane, lane.issued)
  local at = bit_of(lane, lane.called) + 1
  while served < places and at <= last and chunks < MAX_CHUNKS do
    local from = math.floor(at / 8)
    local used = redis.call('GETRANGE', lane.used, from, from + CHUNK - 1)
    local seen, longest = {}, 0
    for i, key in ipairs(lane.seen) do
      seen[i] = redis.call('GETRANGE', key, from, from + CHUNK - 1)
      longest = math.max(longest, #seen[i])
    end
    local found = false
    for byte = 1, longest do
      local present = 0
      for i = 1, 4 do present = bit.bor(present, seen[i]:byte(byte) or 0) end
      present = bit.band(present, bit.bnot(used:byte(byte) or 0))
      if present ~= 0 then
        for offset = 0, 7 do
          local place = (from + byte - 1) * 8 + offset
          if place >= at and place <= last and bit.band(present, bit.rshift(128, offset)) ~= 0 then
            found = true
            if not stands_apart(lane, place + lane.base) then
              grant(lane, place + lane.base)
              served = served + 1
            end
            if served == places then
              lane.called = place + lane.base
              return served
            end
          end
        end
      end
    end
    at = (from + CHUNK) * 8
    if not found then at = jump(lane, from + CHUNK, ahead) or last + 1 end
    chunks = chunks + 1
  end
  if served < places then lane.called = math.max(lane.called, math.min(at - 1, last) + lane.base) end
  return served
end

-- Up to `places` of one lane: the late, the drawn, then the line.
local function serve(lane, places)
  local served = serve_late(lane, places)
  if served < places and lane.called < drawn_last(lane) then
    served = served + call_drawn(lane, places - served)
  end
  if served < places and lane.called >= drawn_last(lane) then
    served = served + call_present(lane, places - served)
  end
  lane.served = lane.served + served
  return served
end

local function is_empty(lane)
  return lane.called >= lane.issued and redis.call('ZCARD', lane.late) == 0
end

-- Deficit round robin (Shreedhar and Varghese, 1995), with admissions for bytes: on its turn a lane gets its weight
-- on top of what it had left, and keeps what is less than one admission. A lane with nobody in it keeps nothing.
local function serve_in_turns(places, standing, least)
  local served, fruitless = 0, 0
  while served < places and fruitless < #lanes do
    local lane = lanes[room.cursor % #lanes + 1]
    local got = 0
    if standing[lane] then
      if lane.deficit < 1 then lane.deficit = lane.deficit + lane.weight / least end
      local most = math.min(math.floor(lane.deficit), places - served)
      got = serve(lane, most)
      served = served + got
      lane.deficit = lane.deficit - got
      if got < most then
        standing[lane] = nil
        if is_empty(lane) then lane.deficit = 0 end
      end
    else
      lane.deficit = 0
    end
    fruitless = got > 0 and 0 or fruitless + 1
    if not standing[lane] or lane.deficit < 1 then room.cursor = (room.cursor + 1) % #lanes end
  end
  return served
end

local function serve_lanes(places)
  if places == 0 then return 0 end
  local standing, count, only, least = {}, 0, nil, nil
  for _, lane in ipairs(lanes) do
    if lane.weight > 0 and lane.issued > 0 and not is_empty(lane) then
      standing[lane], count, only = true, count + 1, lane
      least = math.min(least or lane.weight, lane.weight)
    end
  end
  if count == 0 then return 0 end
  if count == 1 then return serve(only, places) end
  return serve_in_turns(places, standing, least)
end

-- The numbers of those who were called after turn `from` up to turn `to`, where these turns were drawn, as a digest:
-- whoever knows the draw can tell that it was followed. Empty where none of them was drawn.
local function drawn_between(lane, from, to)
  local last = math.min(to, drawn_last(lane))
  if from >= last then return '' end
  local first = lane.handed.from
  return redis.sha1hex(table.concat(lane.handed.numbers, ' ', from + 2 - first, last + 1 - first))
end

-- Only who brings the order of the drawn can call them. Whoever does not leaves the budget to who does: what would be
-- spent on other lanes meanwhile is more than their share, and what would be cut off is lost to the rate.
local function awaits_order()
  for _, lane in ipairs(lanes) do
    if lane.weight > 0 and not lane.handed and lane.called < drawn_last(lane) then return true end
  end
  return false
end

local function advance()
  log_passed()
  for _, lane in ipairs(lanes) do
    lane.before, lane.served, lane.late_served = lane.called, 0, 0
  end
  if awaits_order() then
    trim_budget(MAX_STEP)
  else
    spend(serve_lanes(spendable()))
    trim_budget()
  end
  for _, lane in ipairs(lanes) do
    if lane.stood then lane.flow = lane.flow + lane.served * 60000 / FLOW_MEMORY end
    if lane.served > 0 or lane.called > lane.before then
      log('called', 'lane', lane.name, 'from', int(lane.before), 'to', int(lane.called), 'granted', int(lane.served),
        'late', int(lane.late_served), 'inside', int(inside()), 'no_shows', int(room.no_shows),
        'given_back', int(room.given_back), 'issued', int(lane.issued), 'drawn', drawn_between(lane, lane.before, lane.called))
    end
  end
end
