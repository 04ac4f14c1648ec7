-- A ticket is shown at the door: exchanged for a session exactly once.
-- ARGV 7 number
-- Reply {outcome, head}: admitted (a new session), again (the session it opened before), called (its turn came
-- while it was away; it stands in the short line of late ones), waiting, missed (its turn was more than `keep`
-- ago), spent (it left, or its session is over), shut (pause or closed), stale (the number is of another life)
if not enter() then return {'LOST'} end
local number = tonumber(ARGV[7])

local function decide()
  if is_stale() then return 'stale' end
  if number < 1 or number > lane.issued then return 'unknown' end
  local ends = redis.call('ZSCORE', SESSIONS, session_of(number))
  if ends and tonumber(ends) > room.clock then return 'again' end
  if is_used(number) then return bit_of(number) < 0 and 'missed' or 'spent' end
  mark_seen(number)
  if rules.mode == 'pass' then
    redis.call('ZREM', GRANTED, int(number))
    redis.call('ZREM', LATE, int(number))
    open_session(number)
    return 'admitted'
  end
  if rules.mode == 'pause' or rules.mode == 'closed' then return 'shut' end
  local stands = redis.call('ZSCORE', GRANTED, int(number)) or redis.call('ZSCORE', LATE, int(number))
  if number <= lane.called and not stands then
    if number <= lane.floor then return 'missed' end
    -- absent when called: within the rate, ahead of those not yet called, in the order of the numbers
    redis.call('ZADD', LATE, number, int(number))
  end
  advance()
  if redis.call('ZREM', GRANTED, int(number)) == 1 then
    open_session(number)
    return 'admitted'
  end
  return number <= lane.called and 'called' or 'waiting'
end

local outcome = decide()
save()
return {outcome, head()}
