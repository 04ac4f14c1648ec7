-- Keeps where somebody wants to be told.
-- KEYS 1 the reminder, a hash {sealed, channel, near}; 2 the index, a sorted set of places by when they came
-- ARGV 1 the place, 2 the sealed contact, 3 its channel, 4 for how many milliseconds, 5 "1": it is near already
-- All expires by itself; the index with the last of what it lists.
local time = redis.call('TIME')
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'sealed', ARGV[2], 'channel', ARGV[3])
if ARGV[5] == '1' then redis.call('HSET', KEYS[1], 'near', 1) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
-- microseconds since 1970 are whole numbers below 2^53
redis.call('ZADD', KEYS[2], string.format('%.0f', time[1] * 1000000 + time[2]), ARGV[1])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end
return 1
