-- Tickets are shown at the door together: each as `claim` would have it, in this order.
-- ARGV own… pairs of a number and its turn
-- Reply {status, head, outcome of each}
if not enter() then return {'LOST'} end
local reply = {'OK', ''}
for i = own, #ARGV, 2 do reply[#reply + 1] = show(asked, tonumber(ARGV[i]), tonumber(ARGV[i + 1])) end
save()
reply[2] = head()
return reply
