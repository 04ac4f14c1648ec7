-- What a worker needs to answer every visitor without asking again. Changes nothing.
-- ARGV 7 room clock: sessions ended since then are told
-- Reply {status, head, first number of the bits, bits of used, of seen ×4, late numbers, ended sessions}
if not look() then return {'LOST'} end
local from = math.floor((bit_of(lane.called) + 1) / 8)
local reply = {'OK', head(), int(from * 8 + lane.base), redis.call('GETRANGE', USED, from, -1)}
for _, key in ipairs(SEEN) do reply[#reply + 1] = redis.call('GETRANGE', key, from, -1) end
reply[#reply + 1] = redis.call('ZRANGE', LATE, 0, 999)
reply[#reply + 1] = redis.call('ZRANGEBYSCORE', ENDED, ARGV[7], '+inf')
return reply
