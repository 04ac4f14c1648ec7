-- Ends this life of the line: every ticket becomes one of an earlier epoch. Those inside stay inside.
-- ARGV own who, own+1 why
-- Reply {status, head}
local refused = enter()
if refused then return refused end
if ARGV[own + 2] ~= '' and tonumber(ARGV[own + 2]) ~= room.epoch then
  save()
  return {'OVERTAKEN', head()}
end
log_passed()
for _, lane in ipairs(lanes) do
  log('reset', 'who', ARGV[own], 'why', ARGV[own + 1], 'lane', lane.name, 'issued', int(lane.issued), 'called',
    int(lane.called))
end
local opens, event = room.opens, redis.call('HMGET', ROOM, 'event', 'commitment')
begin_anew()
-- before an opening there is still one to come
room.opens = opens
if event[1] then redis.call('HSET', ROOM, 'event', event[1]) end
if opens > 0 and event[2] then
  redis.call('HSET', ROOM, 'commitment', event[2], 'digest', FIRST_DIGEST)
end
save()
return {'OK', head()}
