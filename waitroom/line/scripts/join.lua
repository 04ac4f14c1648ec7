-- Gives out `count` numbers in one step and, where nobody waits and the budget allows, admits the first of
-- them at once: an idle room costs a newcomer one round trip and shows no waiting page.
-- ARGV own count, own+1 fresh randomness for the draw
-- Reply {status, head, first number, how many of them are admitted}
if not enter() then return {'LOST'} end
local lane, count = asked, tonumber(ARGV[own])
local first = lane.issued + 1
lane.issued = lane.issued + count
for number = first, lane.issued do mark_seen(lane, number) end
contribute(lane, ARGV[own + 1])

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
save()
return {'OK', head(), int(first), int(admitted)}
