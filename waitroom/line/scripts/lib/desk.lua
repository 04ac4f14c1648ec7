-- What the support desk is told of single places, and does to them. All that it does is in the record, with who and why.
local MOST_HELPED = 10000 -- places of one life of the line

-- How a place stands, whose turn is `turn`: unknown, settled (so long ago that its bits are cut off), waiting, called (it
-- may come in), granted, late, inside, missed, left, finished (the shop ended the visit), spent (the visit is over).
local function fate(lane, number, turn)
  if number < 1 or number > lane.issued then return 'unknown' end
  local session = session_of(lane, number)
  local ends = redis.call('ZSCORE', SESSIONS, session)
  if ends and tonumber(ends) > room.clock then return 'inside' end
  if bit_of(lane, number) < 0 then return 'settled' end
  if is_used(lane, number) then
    if has_lapsed(lane, number) then return 'missed' end
    if has_left(lane, number) then return 'left' end
    return redis.call('ZSCORE', ENDED, session) and 'finished' or 'spent'
  end
  if redis.call('ZSCORE', GRANTED, place_of(lane, number)) then return 'granted' end
  if redis.call('ZSCORE', lane.late, int(number)) then return 'late' end
  if is_summoned(lane, number) then return 'called' end
  if turn > lane.called then return 'waiting' end
  return turn <= lane.floor and not is_kept(lane, number) and 'missed' or 'called'
end

-- Was the number, or its turn, read in another life of the line, or before it was drawn?
local function is_unread(lane, number)
  return is_stale() or (is_drawn(lane, number) and lane.known.drawn_count ~= lane.drawn_count)
end

-- The place that followed this one ('>'), or that this one followed ('<'); nil: none.
local function linked(direction, lane, number)
  local name, other = string.match(redis.call('HGET', FOLLOWED, direction .. place_of(lane, number)) or '', '^(.*):(%d+)$')
  if name then return lane_named(name), tonumber(other) end
end

-- Calls a place now. Who is there waits for the budget from now on, who is not may come for `keep`.
local function call_to_the_door(lane, number, turn)
  summon(lane, number, rules.keep_ms)
  if is_present(lane, number) then redis.call('ZADD', lane.late, turn, int(number)) end
end

local function may_help() return redis.call('HLEN', DESK) < MOST_HELPED end

-- Notes what was done, and lets every worker look.
local function note_help(lane, number, what)
  redis.call('HSET', DESK, place_of(lane, number), what)
  redis.call('HINCRBY', RULES, 'version', 1)
  rules.version = rules.version + 1
end
