-- Changes live settings; the change takes effect with the next call of any script.
-- ARGV own who, own+1 why, own+2 "file" or "live", own+3 the revision that the caller has seen (empty: whichever there
--   is), own+4… pairs of field and value
-- A value from the file counts only where the file itself has changed since it was last read: what an
-- operator set while it ran survives a restart.
-- Reply {status, head}; {OVERTAKEN, head} where the revision is another, or there are no settings to have seen: nothing
--   was changed then.
local refused = enter()
if refused then return refused end
if ARGV[own + 3] ~= '' and (rules.version == 0 or (redis.call('HGET', RULES, 'revision') or '0') ~= ARGV[own + 3]) then
  save()
  return {'OVERTAKEN', head()}
end

-- A lane that the caller's file has no more keeps its weight for as long as it is there.
local function with_others(weights)
  for _, lane in ipairs(lanes) do
    local is_named = string.find(' ' .. weights, ' ' .. lane.name .. ':', 1, true)
    if not lane.is_own and not is_named then
      weights = string.gsub(weights .. ' ' .. lane.name .. ':' .. string.format('%.6g', lane.weight), '^ ', '')
    end
  end
  return weights
end

local changes = {}
for i = own + 4, #ARGV, 2 do
  local field, value = ARGV[i], ARGV[i + 1]
  local is_news = true
  if ARGV[own + 2] == 'file' then
    is_news = redis.call('HGET', RULES, 'file:' .. field) ~= value
    redis.call('HSET', RULES, 'file:' .. field, value)
  end
  if is_news then changes[field] = field == 'weights' and with_others(value) or value end
end
local changed = change_rules(changes)
if #changed > 0 then
  trim_budget()
  log('changed', 'who', ARGV[own], 'why', ARGV[own + 1], unpack(changed))
end
save()
return {'OK', head()}
