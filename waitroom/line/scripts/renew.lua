-- Visitors inside were active: each session ends `session` after its last request. A session that Redis has
-- forgotten comes back by this; one that the shop ended does not.
-- ARGV own… pairs of session and milliseconds since its last request
-- Reply {status, head}
local refused = enter()
if refused then return refused end
local any_ended = redis.call('ZCARD', ENDED) > 0
for i = own, #ARGV, 2 do
  if not (any_ended and redis.call('ZSCORE', ENDED, ARGV[i])) then
    local ends = room.clock - tonumber(ARGV[i + 1]) + rules.session_ms
    if ends > room.clock then redis.call('ZADD', SESSIONS, 'GT', ends, ARGV[i]) end
  end
end
save()
return {'OK', head()}
