-- The bits of a lane from a number on, to be counted. Changes nothing.
-- ARGV own the first number
-- Reply {status, head, first number of the bits, bits of used, of left, of seen ×4, numbers that let others pass}
local refused = look()
if refused then return refused end
if is_lost() then return {'LOST'} end
local lane = asked
local from = math.max(math.floor(bit_of(lane, tonumber(ARGV[own])) / 8), 0)
local reply = {'OK', head(), int(from * 8 + lane.base)}
for _, key in ipairs({lane.used, lane.left, unpack(lane.seen)}) do
  reply[#reply + 1] = redis.call('GETRANGE', key, from, -1)
end
reply[#reply + 1] = lane.rests > room.open
  and redis.call('ZRANGEBYSCORE', lane.resting, '(' .. int(room.open), '+inf') or {}
return reply
