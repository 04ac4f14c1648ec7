-- with lib/desk
-- The support desk brings a waiting place to the front: it is called next, and enters within the rate.
-- ARGV own number, own+1 its turn, own+2 who, own+3 why
-- Reply {done, head}; {how it stands, head} where it does not wait; {stale|full, head}; {unopened, head} before an
--   opening; {still, head} where the lane never moves
local refused = enter()
if refused then return refused end
local lane, number, turn = asked, tonumber(ARGV[own]), tonumber(ARGV[own + 1])

local function bring_forward()
  if is_unread(lane, number) then return 'stale' end
  local stands = fate(lane, number, turn)
  if stands ~= 'waiting' then return stands end
  if room.opens > 0 then return 'unopened' end
  if lane.weight == 0 then return 'still' end
  if not may_help() then return 'full' end
  call_to_the_door(lane, number, turn)
  note_help(lane, number, 'front')
  log('brought_forward', 'who', ARGV[own + 2], 'why', ARGV[own + 3], 'lane', lane.name, 'number', int(number), 'turn',
    int(turn), 'called', int(lane.called))
  return 'done'
end

local outcome = bring_forward()
save()
return {outcome, head()}
