-- From how many networks was each of these visits made lately? Of those with too many the record says so.
-- The line's clock, and its record, stand in front of it.
-- KEYS 1 room, 2 ended, 3 log: of the room
--      then one of each visit: zset, network (a keyed hash) -> when it was last seen
-- ARGV 1 window in ms, 2 the most networks
--      then of each visit its name, how many networks, and of each its hash and how many ms ago it was seen
-- Reply the visits with too many that the shop or this script had not ended before
local window, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local life = redis.call('HMGET', KEYS[1], 'epoch', 'clock')
local shared, word = {}, 3

for i = 4, #KEYS do
  local visit, count = ARGV[word], tonumber(ARGV[word + 1])
  for n = 1, count do
    local at = word + 2 * n
    redis.call('ZADD', KEYS[i], 'GT', now() - tonumber(ARGV[at + 1]), ARGV[at])
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now() - window)
  redis.call('PEXPIRE', KEYS[i], window)
  local networks = redis.call('ZCARD', KEYS[i])
  if networks > most then
    redis.call('DEL', KEYS[i])
    if not redis.call('ZSCORE', KEYS[2], visit) then
      if life[1] then
        write_record(KEYS[1], KEYS[3], {'type', 'shared', 'epoch', life[1], 'clock', life[2], 'visit', visit,
          'networks', networks, 'seconds', string.format('%g', window / 1000),
          'why', 'one pass was used from more networks at once than ' .. most})
      end
      shared[#shared + 1] = visit
    end
  end
  word = word + 2 + 2 * count
end
return shared
