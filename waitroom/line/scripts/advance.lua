-- with lib/calling
-- Lets time pass and calls as many as the budget allows. Safe from every worker at any time: the budget is
-- accrued by Redis's clock, so that two calls at once share what one would have had.
-- ARGV own… for each lane in which the drawn are being called: its name, a turn, how many numbers,
--   and the numbers that have this turn and the next ones
-- Reply {status, head}
local refused = enter()
if refused then return refused end
local at = own
while ARGV[at] do
  local lane, count = lane_named(ARGV[at]), tonumber(ARGV[at + 2])
  lane.handed = {from = tonumber(ARGV[at + 1]), numbers = {}}
  for i = 1, count do lane.handed.numbers[i] = tonumber(ARGV[at + 2 + i]) end
  at = at + 3 + count
end
-- read in another life of the line, they may be in another order
if is_stale() then
  for _, lane in ipairs(lanes) do lane.handed = nil end
end
advance()
save()
return {'OK', head()}
