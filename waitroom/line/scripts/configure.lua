-- Changes live settings; the change takes effect with the next call of any script.
-- ARGV 7 who, 8 why, 9 "file" or "live", 10… pairs of field and value
-- A value from the file counts only where the file itself has changed since it was last read: what an
-- operator set while it ran survives a restart.
-- Reply {status, head}
if not enter() then return {'LOST'} end
local changed = {}
for i = 10, #ARGV, 2 do
  local field, value = ARGV[i], ARGV[i + 1]
  local before = redis.call('HGET', RULES, field)
  local news = before ~= value
  if ARGV[9] == 'file' then
    news = news and redis.call('HGET', RULES, 'file:' .. field) ~= value
    redis.call('HSET', RULES, 'file:' .. field, value)
  end
  if news then
    redis.call('HSET', RULES, field, value)
    changed[#changed + 1] = field
    changed[#changed + 1] = (before or '') .. ' -> ' .. value
  end
end
if #changed > 0 then
  redis.call('HINCRBY', RULES, 'version', 1)
  read(RULES, RULE_FIELDS, rules)
  rules.mode = redis.call('HGET', RULES, 'mode') or 'auto'
  trim_budget()
  log('changed', 'who', ARGV[7], 'why', ARGV[8], unpack(changed))
end
save()
return {'OK', head()}
