-- with lib/calling, lib/claiming
-- Tickets are shown at the door together: each as `claim` would have it, in this order.
-- ARGV own numbers and their turns by turns, set apart by spaces: one text is cheaper than two thousand
-- Reply {status, head, outcome of each}
local refused = enter()
if refused then return refused end
local reply = {'OK', ''}
for number, turn in string.gmatch(ARGV[own], '(%d+) (%d+)') do
  reply[#reply + 1] = show(asked, tonumber(number), tonumber(turn))
end
save()
reply[2] = head()
return reply
