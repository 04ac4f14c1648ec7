-- The holder gives the place up. A place that was already called gives its capacity back.
-- ARGV 7 number
-- Reply {left|spent|unknown|stale, head}
if not enter() then return {'LOST'} end
local number = tonumber(ARGV[7])
local outcome = 'left'
if is_stale() then
  outcome = 'stale'
elseif number < 1 or number > lane.issued then
  outcome = 'unknown'
elseif is_used(number) then
  outcome = 'spent'
else
  mark_used(number)
  redis.call('ZREM', GRANTED, int(number))
  redis.call('ZREM', LATE, int(number))
end
save()
return {outcome, head()}
