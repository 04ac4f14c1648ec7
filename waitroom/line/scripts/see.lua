-- Ticket holders were seen: presence, gathered by a worker and told in one call.
-- ARGV 7… numbers
-- Reply {status, head}
if not enter() then return {'LOST'} end
for i = 7, #ARGV do mark_seen(tonumber(ARGV[i])) end
save()
return {'OK', head()}
