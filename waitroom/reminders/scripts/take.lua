-- Takes a message to be sent, so that no other worker sends it too.
-- KEYS 1 the reminder, 2 the index
-- ARGV 1 the place, 2 "near" or "come"
-- Reply the sealed contact; '' where another has taken it; nil where there is nothing (any more). What has come is gone
--   from here then.
local sealed = redis.call('HGET', KEYS[1], 'sealed')
if not sealed then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return false
end
if ARGV[2] == 'near' then
  return redis.call('HSETNX', KEYS[1], 'near', 1) == 1 and sealed or ''
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return sealed
