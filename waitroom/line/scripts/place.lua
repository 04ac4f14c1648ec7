-- with lib/desk
-- How one place stands. Changes nothing.
-- ARGV own number, own+1 its turn
-- Reply {status, head, how it stands (lib/desk.lua), 1 where its holder is there, milliseconds for which that lasts
--   (of a visit, a granted place, a summons; 0: not told), the place it followed, the place that followed it, what
--   the desk did}
local refused = look()
if refused then return refused end
if is_lost() then return {'LOST'} end
local lane, number, turn = asked, tonumber(ARGV[own]), tonumber(ARGV[own + 1])
if is_unread(lane, number) then return {'stale', head()} end
local place = place_of(lane, number)
local stands = fate(lane, number, turn)
local lasts = 0
if stands == 'inside' then
  lasts = tonumber(redis.call('ZSCORE', SESSIONS, session_of(lane, number))) - room.clock
elseif stands == 'granted' then
  lasts = tonumber(redis.call('ZSCORE', GRANTED, place)) - room.open
elseif stands == 'called' and is_summoned(lane, number) then
  lasts = tonumber(redis.call('ZSCORE', lane.summoned, int(number))) - room.open
end
return {
  'OK', head(), stands, is_present(lane, number) and 1 or 0, int(math.max(lasts, 0)),
  redis.call('HGET', FOLLOWED, '<' .. place) or '', redis.call('HGET', FOLLOWED, '>' .. place) or '',
  redis.call('HGET', DESK, place) or '',
}
