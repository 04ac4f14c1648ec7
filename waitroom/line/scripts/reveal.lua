-- Publishes the seed of the draw once the door has opened: from now on anyone can recompute the order.
-- ARGV own seed, own+1 whether it is the one that was committed to: 1 or 0
-- Reply {status, head}
local refused = enter()
if refused then return refused end
if redis.call('HGET', ROOM, 'opened_at') and redis.call('HSETNX', ROOM, 'seed', ARGV[own]) == 1 then
  log('revealed', 'event', redis.call('HGET', ROOM, 'event'), 'seed', ARGV[own], 'as_committed', ARGV[own + 1])
end
save()
return {'OK', head()}
