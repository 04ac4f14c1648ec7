-- Counts an answer, unless the place has answered before.
-- KEYS 1 answered bitmap  those who have, by ticket number
--      2 hour     hash    what was counted in this hour: field -> count
-- ARGV 1 the number, 2 for how many seconds KEYS[1] is kept, 3 and KEYS[2]; 4 the field of the answer
-- Reply 1, or 0 where it has
if redis.call('SETBIT', KEYS[1], ARGV[1], 1) == 1 then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('HINCRBY', KEYS[2], ARGV[4], 1)
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
