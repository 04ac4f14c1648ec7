-- Hands: how often the ticket of a place was handed anew, to another device, or to who had given it up by mistake. It
-- counts for the newest hand alone, so the ticket that was there before is worth nothing. A place that was never
-- handed anew has hand 0, and is not written down.
local MOST_HANDS = 8          -- of one place in one life of the line
local MOST_HANDED = 200000    -- entries in one life of the line

local function handed(lane, number, hand) return place_of(lane, number) .. ':' .. int(hand) end

local function is_held_by(lane, number, hand)
  return not redis.call('ZSCORE', HANDS, handed(lane, number, hand + 1))
end

-- Why the place cannot be handed anew by who shows this hand; nil: it can.
local function holds_back(lane, number, hand)
  if not is_held_by(lane, number, hand) then return 'moved' end
  if hand >= MOST_HANDS or redis.call('ZCARD', HANDS) >= MOST_HANDED then return 'full' end
end

local function hand_anew(lane, number, hand)
  redis.call('ZADD', HANDS, int(room.clock), handed(lane, number, hand + 1))
  stir()
end
