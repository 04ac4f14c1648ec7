-- Claiming: what becomes of a ticket that is shown at the door. The outcomes are told in claim.lua.

local function show(lane, number, turn)
  if is_stale() then return 'stale' end
  if number < 1 or number > lane.issued then return 'unknown' end
  -- drawn, of which the caller has not heard yet
  if is_drawn(lane, number) and lane.known.drawn_count ~= lane.drawn_count then return 'stale' end
  local ends = redis.call('ZSCORE', SESSIONS, session_of(lane, number))
  if ends and tonumber(ends) > room.clock then return 'again' end
  local is_over = is_forfeited(lane, number)
  if is_used(lane, number) and not is_over then return bit_of(lane, number) < 0 and 'missed' or 'spent' end
  mark_seen(lane, number)
  if is_resting(lane, number) and rules.mode ~= 'pass' then return 'waiting' end
  local place = place_of(lane, number)
  if rules.mode == 'pass' then
    redis.call('ZREM', GRANTED, place)
    redis.call('ZREM', lane.late, int(number))
    open_session(lane, number)
    lane.passed = lane.passed + 1
    return 'admitted'
  end
  if not is_moving() or room.opens > 0 then return 'shut' end
  if is_over then return 'missed' end
  local stands = redis.call('ZSCORE', GRANTED, place) or redis.call('ZSCORE', lane.late, int(number))
  local summoned = is_summoned(lane, number)
  if (turn <= lane.called or summoned) and not stands then
    if turn <= lane.floor and not summoned and not is_kept(lane, number) then return 'missed' end
    -- absent when called: within the rate, ahead of those not yet called, in the order of the turns
    redis.call('ZADD', lane.late, turn, int(number))
    stir()
    stands = true
  end
  advance()
  if redis.call('ZREM', GRANTED, place) == 1 then
    open_session(lane, number)
    return 'admitted'
  end
  return (stands or turn <= lane.called) and 'called' or 'waiting'
end
