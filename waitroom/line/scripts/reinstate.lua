-- with lib/calling, lib/desk, lib/joining
-- The support desk gives a place back that was missed, left, or used by mistake: it has its old turn again. Where that
-- has been called, its holder may enter for `keep` from now on. Who was given another place since has that no more: one
-- visitor, one place.
-- ARGV own number, own+1 its turn, own+2 who, own+3 why
-- Reply {done, head, what it was, "called" or "waiting", the place that was taken for it}; {how it stands, head, the
--   place that stands so} where there is nothing to give back, or that has been given back for it; {stale|full, head}
local refused = enter()
if refused then return refused end
local LOST = {missed = true, left = true, finished = true, spent = true, called = true}
local HOPS = 16
local lane, number, turn = asked, tonumber(ARGV[own]), tonumber(ARGV[own + 1])

-- The place that the same visitor was given last.
local function last_of()
  local at, last = lane, number
  for _ = 1, HOPS do
    local lane_after, after = linked('>', at, last)
    if not lane_after then break end
    at, last = lane_after, after
  end
  return at, last
end

local function reinstate()
  if is_unread(lane, number) then return {'stale'} end
  local was = fate(lane, number, turn)
  -- it was given up by the desk, for a place that the same visitor had before
  local to = string.match(redis.call('HGET', DESK, place_of(lane, number)) or '', '^>(.*)$')
  if to then
    local name, other = string.match(to, '^(.*):(%d+)$')
    return {fate(lane_named(name), tonumber(other), tonumber(other)), to}
  end
  if not LOST[was] then return {was, place_of(lane, number)} end
  if not may_help() then return {'full'} end
  local other, last = last_of()
  local instead_of = ''
  if other ~= lane or last ~= number then
    -- its turn may be unknown here: that it is called is all the same
    local stands = fate(other, last, last)
    if stands == 'inside' or stands == 'granted' then return {stands, place_of(other, last)} end
    instead_of = place_of(other, last)
    if not is_used(other, last) then give_up(other, last) end
    redis.call('HSET', DESK, instead_of, '>' .. place_of(lane, number))
    redis.call('HDEL', FOLLOWED, '>' .. place_of(lane, number))
  end
  unmark(lane, number)
  redis.call('ZREM', ENDED, session_of(lane, number))
  local is = (turn <= lane.called or is_summoned(lane, number)) and 'called' or 'waiting'
  if is == 'called' then call_to_the_door(lane, number, turn) end
  note_help(lane, number, 'restored')
  log('reinstated', 'who', ARGV[own + 2], 'why', ARGV[own + 3], 'lane', lane.name, 'number', int(number), 'turn',
    int(turn), 'was', was, 'is', is, 'instead_of', instead_of)
  return {'done', was, is, instead_of}
end

local result = reinstate()
save()
table.insert(result, 2, head())
return result
