-- Gives out `count` numbers in one step and, where nobody waits and the budget allows, admits the first of
-- them at once: an idle room costs a newcomer one round trip and shows no waiting page.
-- ARGV 7 count
-- Reply {status, head, first number, how many of them are admitted}
if not enter() then return {'LOST'} end
local count = tonumber(ARGV[7])
local first = lane.issued + 1
lane.issued = lane.issued + count
for number = first, lane.issued do mark_seen(number) end

local admitted = 0
if rules.mode == 'pass' then
  admitted = count
elseif rules.mode == 'auto' then
  advance()
  admitted = math.max(lane.called - first + 1, 0)
end
for number = first, first + admitted - 1 do
  redis.call('ZREM', GRANTED, int(number))
  open_session(number)
end
if rules.mode == 'pass' and lane.called == first - 1 then lane.called = lane.issued end
save()
return {'OK', head(), int(first), int(admitted)}
