-- Calling: the budget is spent on those who are present, in the order of their numbers.

local function inside()
  return redis.call('ZCARD', SESSIONS) + redis.call('ZCARD', GRANTED)
end

local function spendable()
  if rules.version == 0 or not may_enter() then return 0 end
  local places = math.min(math.floor(room.tokens + 1e-6), MAX_GRANTS)
  if rules.capacity > 0 then places = math.min(places, rules.capacity - inside()) end
  return math.max(places, 0)
end

local function spend(count)
  room.tokens = room.tokens - count
  room.admitted = room.admitted + count
end

local function session_of(number)
  return int(room.epoch) .. ':' .. lane_name .. ':' .. int(number)
end

local function open_session(number)
  mark_used(number)
  local lasts = math.min(PROVISIONAL, rules.session_ms)
  redis.call('ZADD', SESSIONS, room.clock + lasts, session_of(number))
end

local function grant(number)
  redis.call('ZADD', GRANTED, room.open + rules.entry_ms, int(number))
end

-- Those who were absent when called and are back stand before those not yet called.
local function serve_late(places)
  if places == 0 then return 0 end
  local served = 0
  for _, member in ipairs(redis.call('ZRANGE', LATE, 0, 4 * places)) do
    if served == places then break end
    local number = tonumber(member)
    redis.call('ZREM', LATE, member)
    if is_present(number) and not is_used(number) then
      grant(number)
      served = served + 1
    end
  end
  return served
end

-- The next number at or after byte `from` that some slot has seen, as a bit; nil when there is none. `ahead` keeps
-- where each slot has its next bit (-1: none), so that one run goes through a bitmap at most once.
local function jump(from, ahead)
  local nearest
  for i, key in ipairs(SEEN) do
    local at = ahead[i]
    if not at or (at >= 0 and at < from * 8) then at = redis.call('BITPOS', key, 1, from) end
    ahead[i] = at
    if at >= 0 and (not nearest or at < nearest) then nearest = at end
  end
  return nearest
end

-- Moves `called` forward past the absent until `places` present ones are called. Bounded work: runs of
-- absent tickets are jumped over by BITPOS, and after MAX_CHUNKS stretches the rest is left to the next call.
local function call_present(places)
  local served, chunks, ahead = 0, 0, {}
  local last = bit_of(lane.issued)
  local at = bit_of(lane.called) + 1
  while served < places and at <= last and chunks < MAX_CHUNKS do
    local from = math.floor(at / 8)
    local used = redis.call('GETRANGE', USED, from, from + CHUNK - 1)
    local seen, longest = {}, 0
    for i, key in ipairs(SEEN) do
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
            grant(place + lane.base)
            served = served + 1
            if served == places then
              lane.called = place + lane.base
              return served
            end
          end
        end
      end
    end
    at = (from + CHUNK) * 8
    if not found then at = jump(from + CHUNK, ahead) or last + 1 end
    chunks = chunks + 1
  end
  if served < places then lane.called = math.max(lane.called, math.min(at - 1, last) + lane.base) end
  return served
end

local function advance()
  local before = lane.called
  local places = spendable()
  local late = serve_late(places)
  local served = late
  if places > late then served = late + call_present(places - late) end
  spend(served)
  trim_budget()
  if stood then room.flow = room.flow + served * 60000 / FLOW_MEMORY end
  if served > 0 then
    log('called', 'lane', lane_name, 'from', int(before), 'to', int(lane.called), 'granted', int(served), 'late', int(late))
  end
end
