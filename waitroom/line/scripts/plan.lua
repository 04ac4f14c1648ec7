-- Sets what the schedule will do; what was planned before is dropped. Steps that are due already are done at once,
-- in their order; an event that has begun or opened does not do so again.
-- ARGV own who, own+1 why, own+2 "file" or "live", own+3 which plan this is, own+4 its events in words (JSON),
--   own+5 which plan it must replace ("*": any), own+6 for each step "1" where that plan had it too: it is not done
--   twice, own+7… pairs of time and step
-- A plan from the file counts only where the file itself has changed since it was last read, or applied.
-- Reply {status, head}; {HELD, head, event} where an event of that name was held before: its seed is public, so another
--   needs another name; {OVERTAKEN, head} where it was to replace another plan than there is. Nothing was changed then.
local refused = enter()
if refused then return refused end
local first = own + 7

local function held_before()
  for i = first, #ARGV, 2 do
    local step = cjson.decode(ARGV[i + 1])
    local held = step.kind == 'begin' and tonumber(redis.call('HGET', RULES, 'held:' .. step.event))
    if held and tonumber(ARGV[i]) > held then return step.event end
  end
end

-- What is due and was in the plan before has been done: above, or earlier.
local function is_done(i)
  local place = (i - first) / 2 + 1
  return string.sub(ARGV[own + 6], place, place) == '1' and tonumber(ARGV[i]) <= due_clock()
end

local of_file, present = unpack(redis.call('HMGET', RULES, 'file:plan', 'plan'))
if ARGV[own + 5] ~= '*' and ARGV[own + 5] ~= (present or '') then return {'OVERTAKEN', head()} end
local is_news = true
if ARGV[own + 2] == 'file' then is_news = of_file ~= ARGV[own + 3] and present ~= ARGV[own + 3] end
local held = is_news and held_before()
if held then return {'HELD', head(), held} end
if ARGV[own + 2] == 'file' then redis.call('HSET', RULES, 'file:plan', ARGV[own + 3]) end
if is_news then
  drop_steps(false)
  for i = first, #ARGV, 2 do
    if not is_done(i) then redis.call('ZADD', PLAN, ARGV[i], ARGV[i + 1]) end
  end
  redis.call('HSET', RULES, 'plan', ARGV[own + 3], 'plan:words', ARGV[own + 4])
  redis.call('HINCRBY', RULES, 'version', 1)
  read_rules()
  log('planned', 'who', ARGV[own], 'why', ARGV[own + 1], 'plan',
    table.concat(ARGV, '\n', first))
  note_next_step()
  take_due_steps()
  move_opening()
end
save()
return {'OK', head()}
