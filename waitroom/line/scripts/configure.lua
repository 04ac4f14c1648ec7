-- Changes live settings; the change takes effect with the next call of any script.
-- ARGV own who, own+1 why, own+2 "file" or "live", own+3 the revision that the caller has seen (empty: whichever there
--   is), own+4… pairs of field and value
-- A value from the file counts only where the file itself has changed since it was last read: what an
-- operator set while it ran survives a restart.
-- Reply {status, head}; {OVERTAKEN, head} where the revision is another, or there are no settings to have seen: nothing
--   was changed then.
if not enter() then return {'LOST'} end
if ARGV[own + 3] ~= '' and (rules.version == 0 or (redis.call('HGET', RULES, 'revision') or '0') ~= ARGV[own + 3]) then
  save()
  return {'OVERTAKEN', head()}
end
local changes = {}
for i = own + 4, #ARGV, 2 do
  local field, value = ARGV[i], ARGV[i + 1]
  local is_news = true
  if ARGV[own + 2] == 'file' then
    is_news = redis.call('HGET', RULES, 'file:' .. field) ~= value
    redis.call('HSET', RULES, 'file:' .. field, value)
  end
  if is_news then changes[field] = value end
end
local changed = change_rules(changes)
if #changed > 0 then
  trim_budget()
  log('changed', 'who', ARGV[own], 'why', ARGV[own + 1], unpack(changed))
end
save()
return {'OK', head()}
