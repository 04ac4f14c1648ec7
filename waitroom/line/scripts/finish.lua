-- The shop ends a visitor's session: its capacity goes back at once, its pass is refused from now on.
-- ARGV own session
-- Reply {status, head}
local refused = enter()
if refused then return refused end
redis.call('ZREM', SESSIONS, ARGV[own])
redis.call('ZADD', ENDED, room.clock, ARGV[own])
stir()
redis.call('ZREMRANGEBYSCORE', ENDED, '-inf', room.clock - 2 * rules.session_ms)
save()
return {'OK', head()}
