-- Resting: who lets others pass for a while, and keeps the place. Whose turn comes meanwhile is passed over, as who is away
-- is; the place is kept until a moment of the open clock, and for `keep` after the turn, whichever is later.

local TIMES = 1024 -- a moment's fraction of a millisecond counts how often more time was asked for, in these parts

local function times_asked(till)
  local moment = math.abs(tonumber(till or 0))
  return math.floor((moment - math.floor(moment)) * TIMES + 0.5)
end

local function is_resting(lane, number)
  if lane.rests <= room.open then return false end
  local till = redis.call('ZSCORE', lane.resting, int(number))
  return till and tonumber(till) > room.open or false
end

-- Rests, or did: the turn does not run out before the moment that was told.
local function is_kept(lane, number)
  if lane.rests <= room.open then return false end
  local till = redis.call('ZSCORE', lane.resting, int(number))
  return till and math.abs(tonumber(till)) > room.open or false
end
