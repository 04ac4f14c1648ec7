-- Ends this life of the line: every ticket becomes one of an earlier epoch. Those inside stay inside.
-- ARGV 7 who, 8 why
-- Reply {status, head}
if not enter() then return {'LOST'} end
log('reset', 'who', ARGV[7], 'why', ARGV[8], 'issued', int(lane.issued), 'called', int(lane.called))
redis.call('DEL', LANE, GRANTED, LATE, CALLS, USED, unpack(SEEN))
room.epoch = math.max(room.epoch + 1, math.floor(wall / 1000))
room.fresh, room.alias, room.offset = 0, 0, 0
room.tokens, room.flow, room.flow_weight = 0, 0, 0
for _, field in ipairs(LANE_FIELDS) do lane[field] = 0 end
save()
return {'OK', head()}
