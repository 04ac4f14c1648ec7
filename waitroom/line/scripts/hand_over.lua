-- with lib/desk, lib/hands
-- A waiting place goes to another device: the ticket that was there before is worth nothing from now on.
-- ARGV own number, own+1 its turn, own+2 the hand that holds it (lib/hands.lua)
-- Reply {done, head}; {moved, head} where another hand holds it already; {full, head} where it was handed anew too
--   often; {stale, head}; {how it stands, head} where it is no place in line any more
local refused = enter()
if refused then return refused end
local IN_LINE = {waiting = true, called = true, granted = true, late = true}
local lane, number, turn, hand = asked, tonumber(ARGV[own]), tonumber(ARGV[own + 1]), tonumber(ARGV[own + 2])

local function hand_over()
  if is_unread(lane, number) then return 'stale' end
  local stands = fate(lane, number, turn)
  if not IN_LINE[stands] then return stands end
  local why_not = holds_back(lane, number, hand)
  if why_not then return why_not end
  hand_anew(lane, number, hand)
  return 'done'
end

local outcome = hand_over()
save()
return {outcome, head()}
