-- Ticket holders were seen: presence, gathered by a worker and told in one call.
-- ARGV own… numbers
-- Reply {status, head}
local refused = enter()
if refused then return refused end
if not is_stale() then
  for i = own, #ARGV do mark_seen(asked, tonumber(ARGV[i])) end
end
save()
return {'OK', head()}
