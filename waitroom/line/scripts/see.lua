-- Ticket holders were seen: presence, gathered by a worker and told in one call.
-- ARGV 7… numbers
-- Reply {status, head}
if not enter() then return {'LOST'} end
if not is_stale() then
  for i = 7, #ARGV do mark_seen(tonumber(ARGV[i])) end
end
save()
return {'OK', head()}
