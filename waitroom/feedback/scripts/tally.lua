-- Adds up what came to pass between two looks at the line, unless somebody else has looked meanwhile.
-- KEYS 1 waits   string  who waits, as counted at the last look (waitroom/feedback/cohorts.py)
--      2 hour    hash    what was counted in this hour: field -> count
-- ARGV 1 KEYS[1] as it was read, 2 as it is now, 3 for how many seconds it is kept, 4 and KEYS[2]; then pairs of field
--   and increment
-- Reply 1, or 0 where somebody else has looked
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
for i = 5, #ARGV, 2 do redis.call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1]) end
if #ARGV > 4 then redis.call('EXPIRE', KEYS[2], ARGV[4]) end
return 1
