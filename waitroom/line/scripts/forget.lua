-- Old entries of the record go, and an entry says so: how many, and the chain of the last of them, from which the first
-- one that is left must follow.
-- ARGV own who, own+1 why, own+2 a moment in milliseconds since 1970: entries of before it go
-- Reply {status, head, how many}
local refused = enter()
if refused then return refused end
local moment, count = ARGV[own + 2], 0
local last = redis.call('XREVRANGE', LOG, '(' .. moment, '-', 'COUNT', 1)[1]
if last then
  local chain = ''
  for i = 1, #last[2], 2 do
    if last[2][i] == 'chain' then chain = last[2][i + 1] end
  end
  count = redis.call('XTRIM', LOG, 'MINID', moment)
  log('forgotten', 'who', ARGV[own], 'why', ARGV[own + 1], 'count', int(count), 'until', moment, 'last', chain)
end
save()
return {'OK', head(), count}
