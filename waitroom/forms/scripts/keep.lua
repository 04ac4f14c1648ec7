-- Keeps the form of a place, in the place of an earlier one of the same; the line's clock stands in front of it.
-- KEYS 1 the form, 2 zset of all places with a form: visit -> until when, in milliseconds since 1970
-- ARGV 1 visit, 2 the form, 3 for how long in milliseconds, 4 how many forms a room keeps
-- Reply 1; 0 where there are too many. An error where Redis is full: the first that is written is the form itself, for a
-- script that has written something may go on to
local at, keep = now(), tonumber(ARGV[3])
local moment = string.format('%.0f', at)
if not redis.call('ZSCORE', KEYS[2], ARGV[1])
  and redis.call('ZCOUNT', KEYS[2], '(' .. moment, '+inf') >= tonumber(ARGV[4]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', keep)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', moment)
redis.call('ZADD', KEYS[2], string.format('%.0f', at + keep), ARGV[1])
redis.call('PEXPIRE', KEYS[2], keep)
return 1
