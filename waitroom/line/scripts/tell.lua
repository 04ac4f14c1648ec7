-- Sets what those waiting are told: now, and at set times.
-- ARGV own who, own+1 why, own+2 the fingerprint of what it must replace ("*": anything), own+3 the message that stands,
--   own+4 its translations, own+5 all messages at set times in words (JSON), own+6… pairs of time and step (`say`, see
--   lib/plan.lua) of all of them, those that are past too: the last of these says what is in force
-- Reply {status, head}; {OVERTAKEN, head} where something else was to be replaced than there is: nothing was changed then
local refused = enter()
if refused then return refused end

local before = redis.call('HMGET', RULES, 'message', 'translations', 'notices')
for i = 1, 3 do before[i] = before[i] or '' end
if ARGV[own + 2] ~= '*' and ARGV[own + 2] ~= redis.sha1hex(table.concat(before, '\0')) then
  return {'OVERTAKEN', head()}
end
local changes = {message = ARGV[own + 3], translations = ARGV[own + 4], notices = ARGV[own + 5], notice = ''}
local clock = due_clock()
drop_steps(true)
for i = own + 6, #ARGV, 2 do
  if tonumber(ARGV[i]) <= clock then
    changes.notice = cjson.decode(ARGV[i + 1]).changes.notice
  else
    redis.call('ZADD', PLAN, ARGV[i], ARGV[i + 1])
  end
end
for field, value in pairs(changes) do
  -- a field that was never set, and is to be empty, has not changed
  if value == '' and not redis.call('HGET', RULES, field) then changes[field] = nil end
end
local changed = change_rules(changes)
note_next_step()
if #changed > 0 then log('changed', 'who', ARGV[own], 'why', ARGV[own + 1], unpack(changed)) end
save()
return {'OK', head()}
