-- with lib/calling
-- These were let in by a gateway while Redis was away, by its own count: they do not stand in line any more, and are
-- inside. Whether their turn had come is told in the record.
-- ARGV own how many more came without a place, own+1… numbers
-- Reply {status, head}
local refused = enter()
if refused then return refused end
local lane, told = asked, {}
for i = own + 1, #ARGV do
  local number = tonumber(ARGV[i])
  if not is_stale() and number >= 1 and number <= lane.issued and not is_used(lane, number) then
    told[#told + 1] = ARGV[i]
    redis.call('ZREM', lane.late, ARGV[i])
    if redis.call('ZREM', GRANTED, place_of(lane, number)) == 1 then
      open_session(lane, number)
    else
      mark_used(lane, number)
      redis.call('ZADD', SESSIONS, room.clock + math.min(PROVISIONAL, rules.session_ms), session_of(lane, number))
    end
  end
end
local guests = tonumber(ARGV[own])
if #told > 0 or guests > 0 then
  stir()
  log('let_in_alone', 'lane', lane.name, 'count', int(#told), 'guests', int(guests), 'numbers', table.concat(told, ' '))
end
save()
return {'OK', head()}
