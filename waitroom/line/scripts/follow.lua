-- Somebody who held one place was given another: the support desk can tell, and give the first one back.
-- ARGV own the new number, of the lane that is asked about; own+1 lane and own+2 number of the old one
-- Reply {status, head}
local refused = enter()
if refused then return refused end
local MOST = 200000 -- fields: two for each
local lane, number = lane_named(ARGV[own + 1]), tonumber(ARGV[own + 2])
if lane and not is_stale() and redis.call('HLEN', FOLLOWED) < MOST then
  local new, old = place_of(asked, tonumber(ARGV[own])), place_of(lane, number)
  redis.call('HSET', FOLLOWED, '<' .. new, old, '>' .. old, new)
end
save()
return {'OK', head()}
