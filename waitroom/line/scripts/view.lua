-- What a worker needs to answer every visitor without asking again. Changes nothing.
-- ARGV own room clock: sessions that ended, and places that were handed anew, since then are told
-- Reply {status, head, first number of the bits, bits of used, of seen ×4, turns of the late, ended sessions, numbers
--   that the support desk has called, places that were handed anew since then: "lane:number:hand" each, who lets others pass: number and for how many ms by turns}
local refused = look()
if refused then return refused end
if is_lost() then return {'LOST'} end
local lane = asked
local settled = lane.called
if settled < drawn_last(lane) then settled = math.min(settled, lane.drawn_first - 1) end
local from = math.floor((bit_of(lane, settled) + 1) / 8)
local reply = {'OK', head(), int(from * 8 + lane.base), redis.call('GETRANGE', lane.used, from, -1)}
for _, key in ipairs(lane.seen) do reply[#reply + 1] = redis.call('GETRANGE', key, from, -1) end
local turns = {}
for i, score in ipairs(redis.call('ZRANGE', lane.late, 0, 999, 'WITHSCORES')) do
  if i % 2 == 0 then turns[#turns + 1] = score end
end
reply[#reply + 1] = turns
reply[#reply + 1] = redis.call('ZRANGEBYSCORE', ENDED, ARGV[own], '+inf')
reply[#reply + 1] = lane.summons > room.open
  and redis.call('ZRANGEBYSCORE', lane.summoned, '(' .. int(room.open), '+inf') or {}
reply[#reply + 1] = redis.call('ZRANGEBYSCORE', HANDS, ARGV[own], '+inf')
local resting = {}
if lane.rests > room.open then
  local stored = redis.call('ZRANGEBYSCORE', lane.resting, '(' .. int(room.open), '+inf', 'WITHSCORES')
  for i = 1, #stored, 2 do
    resting[i], resting[i + 1] = stored[i], int(tonumber(stored[i + 1]) - room.open)
  end
end
reply[#reply + 1] = resting
return reply
