-- with lib/desk
-- Somebody in line lets others pass, and keeps the place until a set time: once for each place, and as often again as
-- more time may be asked for. What was granted goes to the next in line.
-- ARGV own number, own+1 its turn, own+2 for how long at most, in milliseconds, own+3 how often more time may have been
--   asked for, this time too; 0: this asks for none
-- Reply {done, head}; {again, head} where it rested, or asked, before; {full, head}; {unopened, head} before an opening; {stale,
--   head}; {how it stands, head} where it is no place in line any more
local refused = enter()
if refused then return refused end
local IN_LINE = {waiting = true, called = true, granted = true, late = true}
local MOST_RESTED = 100000 -- places of one lane in one life of the line
local lane, number, turn, may_ask = asked, tonumber(ARGV[own]), tonumber(ARGV[own + 1]), tonumber(ARGV[own + 3])

local function rest()
  if is_unread(lane, number) then return 'stale' end
  local stands = fate(lane, number, turn)
  if not IN_LINE[stands] then return stands end
  if room.opens > 0 then return 'unopened' end
  local before, asked_for = redis.call('ZSCORE', lane.resting, int(number)), 0
  if before or may_ask > 0 then
    asked_for = times_asked(before) + 1
    if asked_for > may_ask then return 'again' end
  end
  if not before and redis.call('ZCARD', lane.resting) >= MOST_RESTED then return 'full' end
  if redis.call('ZREM', GRANTED, place_of(lane, number)) == 1 then
    room.given_back = room.given_back + 1
    refund(1)
  end
  redis.call('ZREM', lane.late, int(number))
  local till = math.floor(room.open) + tonumber(ARGV[own + 2])
  redis.call('ZADD', lane.resting, till + asked_for / TIMES, int(number))
  lane.rests = math.max(lane.rests, till)
  log('rested', 'lane', lane.name, 'number', int(number), 'turn', int(turn), 'was', stands, 'ms', ARGV[own + 2])
  return 'done'
end

local outcome = rest()
save()
return {outcome, head()}
