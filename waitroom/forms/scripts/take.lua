-- Takes the form of a place away, and gives it: to one who asks, however many do at once.
-- KEYS 1 the form, 2 zset of all places with a form
-- ARGV 1 visit
-- Reply the form, or nothing
local form = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return form
