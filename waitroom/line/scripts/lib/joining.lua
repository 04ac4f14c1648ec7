-- Joining: numbers are given out and, where nobody waits and the budget allows, the first of them are admitted at
-- once: an idle room costs a newcomer one round trip and shows no waiting page.

local function give_number(lane)
  lane.issued = lane.issued + 1
  mark_seen(lane, lane.issued)
  return lane.issued
end

-- Lets in as many as may enter at once of those who have the numbers from `first` on; returns how many.
local function admit_newcomers(lane, first, contribution)
  contribute(lane, contribution)
  local admitted = 0
  if rules.mode == 'pass' then
    admitted = lane.issued - first + 1
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
  return admitted
end

-- The holder gives the place up. A place that was granted goes to the next in line.
local function give_up(lane, number)
  mark_left(lane, number)
  if has_lapsed(lane, number) then mark_lapsed(lane, number, 0) end
  if lane.summons > 0 then redis.call('ZREM', lane.summoned, int(number)) end
  if redis.call('ZREM', GRANTED, place_of(lane, number)) == 1 then
    room.given_back = room.given_back + 1
    refund(1)
  end
  redis.call('ZREM', lane.late, int(number))
end
