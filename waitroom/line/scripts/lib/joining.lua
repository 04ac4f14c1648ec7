-- Joining: numbers are given out and, where nobody waits and the budget allows, the first of them are admitted at
-- once: an idle room costs a newcomer one round trip and shows no waiting page.

-- Returns the first of `count` numbers, and how many of them are admitted.
local function give_places(lane, count, contribution)
  local first = lane.issued + 1
  lane.issued = lane.issued + count
  for number = first, lane.issued do mark_seen(lane, number) end
  contribute(lane, contribution)

  local admitted = 0
  if rules.mode == 'pass' then
    admitted = count
  elseif rules.mode == 'auto' then
    advance()
    admitted = math.max(lane.called - first + 1, 0)
  end
  for number = first, first + admitted - 1 do
    redis.call('ZREM', GRANTED, place_of(lane, number))
    open_session(lane, number)
  end
  if rules.mode == 'pass' then
    lane.passed = lane.passed + admitted
    if lane.called == first - 1 then lane.called = lane.issued end
  end
  return first, admitted
end

-- The holder gives the place up. A place that was already called gives its capacity back.
local function give_up(lane, number)
  mark_used(lane, number)
  redis.call('ZREM', GRANTED, place_of(lane, number))
  redis.call('ZREM', lane.late, int(number))
end
