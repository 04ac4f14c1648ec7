-- The bitmaps of a lane, by ticket number. Bits are kept from `base` on: what was settled long ago is cut off.

local function bit_of(lane, number) return number - lane.base end

local function is_used(lane, number)
  local at = bit_of(lane, number)
  return at < 0 or redis.call('GETBIT', lane.used, at) == 1
end

local function mark_used(lane, number)
  if bit_of(lane, number) >= 0 then redis.call('SETBIT', lane.used, bit_of(lane, number), 1) end
end

local function mark_seen(lane, number)
  if bit_of(lane, number) >= 0 and number <= lane.issued then
    redis.call('SETBIT', lane.seen[room.slot % 4 + 1], bit_of(lane, number), 1)
  end
end

local function is_present(lane, number)
  local at = bit_of(lane, number)
  if at < 0 then return false end
  for _, key in ipairs(lane.seen) do
    if redis.call('GETBIT', key, at) == 1 then return true end
  end
  return false
end

-- The last number of those who were drawn; 0: nobody was.
local function drawn_last(lane)
  return lane.drawn_count > 0 and lane.drawn_first + lane.drawn_count - 1 or 0
end

local function is_drawn(lane, number)
  return number >= lane.drawn_first and number <= drawn_last(lane)
end

local function has_lapsed(lane, number)
  local at = bit_of(lane, number)
  return at >= 0 and redis.call('GETBIT', lane.lapsed, at) == 1
end

-- Twice it was given a place that it did not take: its turn is over.
local function is_forfeited(lane, number) return has_lapsed(lane, number) and is_used(lane, number) end

local function mark_lapsed(lane, number, value)
  if bit_of(lane, number) >= 0 then redis.call('SETBIT', lane.lapsed, bit_of(lane, number), value) end
end

local function has_left(lane, number)
  local at = bit_of(lane, number)
  return at >= 0 and redis.call('GETBIT', lane.left, at) == 1
end

local function mark_left(lane, number)
  mark_used(lane, number)
  if bit_of(lane, number) >= 0 then redis.call('SETBIT', lane.left, bit_of(lane, number), 1) end
end

-- As if it had never been used, given up, or let a place go.
local function unmark(lane, number)
  for _, key in ipairs({lane.used, lane.lapsed, lane.left}) do
    redis.call('SETBIT', key, bit_of(lane, number), 0)
  end
end

local function bitmaps(lane) return {lane.used, lane.lapsed, lane.left, unpack(lane.seen)} end

-- Moves the bits of a lane up by whole bytes.
local function shift_bits(lane, bytes)
  for _, key in ipairs(bitmaps(lane)) do
    local bits = redis.call('GET', key)
    if bits then
      redis.call('DEL', key)
      redis.call('SETRANGE', key, bytes, bits)
    end
  end
end

local function trim_bits(lane)
  local settled = lane.floor
  local last = drawn_last(lane)
  local oldest_late = redis.call('ZRANGE', lane.late, 0, 0, 'WITHSCORES')[2]
  if oldest_late then settled = math.min(settled, tonumber(oldest_late) - 1) end
  -- the drawn are settled in another order than that of their bits: all of them, or none
  if settled < last then settled = math.min(settled, lane.drawn_first - 1) end
  -- places of long ago may have been given back
  if lane.summons > 0 or lane.rests > room.open then return end
  local cut = math.floor((settled - lane.base) / 8)
  if cut * 8 < TRIM then return end
  for _, key in ipairs(bitmaps(lane)) do
    local rest = redis.call('GETRANGE', key, cut, -1)
    if rest == '' then redis.call('DEL', key) else redis.call('SET', key, rest) end
  end
  lane.base = lane.base + cut * 8
end
