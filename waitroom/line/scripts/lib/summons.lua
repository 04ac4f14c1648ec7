-- Whom the support desk has called, whatever their turn: their place was given back after its turn was over, or brought
-- to the front. They enter as those do who come back late: within the rate, and before those not yet called.

local function is_summoned(lane, number)
  if lane.summons <= room.open then return false end
  local till = redis.call('ZSCORE', lane.summoned, int(number))
  return till and tonumber(till) > room.open or false
end

local function summon(lane, number, ms)
  redis.call('ZADD', lane.summoned, 'GT', int(room.open + ms), int(number))
  lane.summons = math.max(lane.summons, room.open + ms)
end

local function forget_summons(lane)
  -- in the short line of the late nobody's turn runs out
  if lane.summons == 0 or lane.summons > room.open or redis.call('ZCARD', lane.late) > 0 then return end
  redis.call('DEL', lane.summoned)
  lane.summons = 0
end
