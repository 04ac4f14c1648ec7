-- Sets what the schedule will do; what was planned before is dropped. Steps that are due already are done at once,
-- in their order; an event that has begun or opened does not do so again.
-- ARGV own who, own+1 why, own+2 "file" or "live", own+3 which plan this is, own+4… pairs of time and step
-- A plan from the file counts only where the file itself has changed since it was last read.
-- Reply {status, head}
if not enter() then return {'LOST'} end
local is_news = true
if ARGV[own + 2] == 'file' then
  is_news = redis.call('HGET', RULES, 'file:plan') ~= ARGV[own + 3]
  redis.call('HSET', RULES, 'file:plan', ARGV[own + 3])
end
if is_news then
  redis.call('DEL', PLAN)
  for i = own + 4, #ARGV, 2 do redis.call('ZADD', PLAN, ARGV[i], ARGV[i + 1]) end
  redis.call('HSET', RULES, 'plan', ARGV[own + 3])
  redis.call('HINCRBY', RULES, 'version', 1)
  read_rules()
  log('planned', 'who', ARGV[own], 'why', ARGV[own + 1], 'plan',
    table.concat(ARGV, '\n', own + 4))
  note_next_step()
  take_due_steps()
  move_opening()
end
save()
return {'OK', head()}
