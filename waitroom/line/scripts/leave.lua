-- with lib/calling, lib/joining
-- The holder gives the place up. A place that was granted gives its capacity and its admission back.
-- ARGV own number
-- Reply {left|spent|unknown|stale, head}
local refused = enter()
if refused then return refused end
local lane, number = asked, tonumber(ARGV[own])
local outcome = 'left'
if is_stale() then
  outcome = 'stale'
elseif number < 1 or number > lane.issued then
  outcome = 'unknown'
elseif is_used(lane, number) and not is_forfeited(lane, number) then
  outcome = 'spent'
else
  give_up(lane, number)
end
save()
return {outcome, head()}
