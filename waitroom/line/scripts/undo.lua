-- with lib/desk, lib/hands
-- Who gave a place up wants it back: it has its old turn again. Where that was called meanwhile, its holder comes late.
-- ARGV own number, own+1 its turn, own+2 the hand that held it (lib/hands.lua)
-- Reply {done, head}; {moved, head} where it was given back already; {full, head} where it was handed anew too often;
--   {stale, head}; {how it stands, head} where it is not one that was given up, or its turn was more than `keep` ago
local refused = enter()
if refused then return refused end
local lane, number, turn, hand = asked, tonumber(ARGV[own]), tonumber(ARGV[own + 1]), tonumber(ARGV[own + 2])

local function undo()
  if is_unread(lane, number) then return 'stale' end
  local why_not = holds_back(lane, number, hand)
  if why_not then return why_not end
  local stands = fate(lane, number, turn)
  if stands ~= 'left' then return stands end
  if turn <= lane.floor then return 'missed' end
  unmark(lane, number)
  hand_anew(lane, number, hand)
  mark_seen(lane, number)
  if turn <= lane.called then redis.call('ZADD', lane.late, turn, int(number)) end
  -- whom the support desk had called is called in their own turn now: that is told, too
  if turn <= lane.called or redis.call('HGET', DESK, place_of(lane, number)) == 'front' then
    log('undone', 'lane', lane.name, 'number', int(number), 'turn', int(turn), 'called', int(lane.called))
  end
  return 'done'
end

local outcome = undo()
save()
return {outcome, head()}
