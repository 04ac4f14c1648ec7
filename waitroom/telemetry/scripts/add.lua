-- Adds what one worker counted of one room since it told last. What was told before and is told again, because no
-- answer came, counts once.
-- KEYS 1 totals     hash    field of a count -> its sum; `since` -> when the sums began, in seconds since 1970
--      2 the worker string  the number of what it told last
-- ARGV 1 the number of this telling, 2 for how many seconds KEYS[2] is kept; then pairs of field and increment
if redis.call('GET', KEYS[2]) == ARGV[1] then return 0 end
redis.call('HSETNX', KEYS[1], 'since', redis.call('TIME')[1])
for i = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
return 1
