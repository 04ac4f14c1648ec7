-- with lib/desk
-- Who let others pass is back. Where the turn was called meanwhile, they come late: within the budget, before those not
-- yet called.
-- ARGV own number, own+1 its turn
-- Reply {done, head}; {again, head} where it does not rest; {stale, head}
local refused = enter()
if refused then return refused end
local lane, number, turn = asked, tonumber(ARGV[own]), tonumber(ARGV[own + 1])

local function come_back()
  if is_unread(lane, number) then return 'stale' end
  if not is_resting(lane, number) then return 'again' end
  redis.call('ZADD', lane.resting, -tonumber(redis.call('ZSCORE', lane.resting, int(number))), int(number))
  mark_seen(lane, number)
  if turn <= lane.called and not is_used(lane, number) then redis.call('ZADD', lane.late, turn, int(number)) end
  return 'done'
end

local outcome = come_back()
save()
return {outcome, head()}
