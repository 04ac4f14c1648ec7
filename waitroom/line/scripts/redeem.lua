-- with lib/calling, lib/joining
-- Some who are entitled to a lane join it: by an invitation, a code, or a claim of the shop. One holder holds one
-- place, in however many browsers and workers at once: whoever has the same holder is told of the same place.
-- KEYS after those of the lanes
--   +1 holders   hash    holder -> "lane:epoch:number" of the place that was given last
--   +2 uses      hash    an invitation's id -> how many places it has given
--   +3 redeemed  zset    "h" .. holder and "u" .. id -> the second in which they are forgotten
--   +4 revoked   zset    ids, batches and holders that get no new places
-- ARGV own fresh randomness for the draw; then for each of them
--   +0 holder, +1 id (a claim has none), +2 its batch, +3 places that it gives (0: any number), +4 when it ends, in
--   seconds since 1970, +5 the lane and +6 the number (0: none) of the ticket that was brought, +7 what became of it:
--   "live" (it is given up for this place), "missed" or "spent" (it is over: see claim.lua)
-- Reply {status, head, and for each: outcome, lane, number, 1 where it was admitted at once}
--   new (a place in the lane), held (the place that the holder has, in whatever lane), used-up, revoked, stale (the
--   ticket's number is of another life)
local refused = enter()
if refused then return refused end
local base = 10 + 12 * #told
local HOLDERS, USES, REDEEMED, REVOKED = KEYS[base + 1], KEYS[base + 2], KEYS[base + 3], KEYS[base + 4]
local FORGOTTEN_AFTER = 86400 -- seconds, since the place was given and since the end of what gave it
local SWEPT = 16              -- of what has ended, in one call
local EACH = 8                -- arguments of each of them

local second = math.floor(wall / 1000)

local function is_revoked(...)
  for _, name in ipairs({...}) do
    local till = name ~= '' and redis.call('ZSCORE', REVOKED, name)
    if till and tonumber(till) > second then return true end
  end
  return false
end

-- The place that the holder was given last; nil where there was none, or (then true comes third) where that life of
-- the line, or the lane, is gone.
local function last_place(holder)
  local kept = redis.call('HGET', HOLDERS, holder)
  if not kept then return nil end
  local name, epoch, number = string.match(kept, '^([^:]+):(%d+):(%d+)$')
  local lane = lane_named(name)
  epoch, number = tonumber(epoch), tonumber(number)
  if lane and epoch ~= room.epoch and epoch == room.alias then epoch, number = room.epoch, number + lane.offset end
  if not lane or epoch ~= room.epoch then return nil, nil, true end
  -- the support desk took it for one that the holder had before
  local before, its = string.match(redis.call('HGET', DESK, place_of(lane, number)) or '', '^>([^:]+):(%d+)$')
  if before and lane_named(before) then return lane_named(before), tonumber(its) end
  return lane, number
end

local function still_stands(lane, number)
  local till = redis.call('ZSCORE', SESSIONS, session_of(lane, number))
  if till and tonumber(till) > room.clock then return true end
  return not is_used(lane, number)
end

local function sweep()
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', REDEEMED, '-inf', second, 'LIMIT', 0, SWEPT)) do
    local kind, name = string.sub(member, 1, 1), string.sub(member, 2)
    if kind == 'h' then redis.call('HDEL', HOLDERS, name) else redis.call('HDEL', USES, name) end
    redis.call('ZREM', REDEEMED, member)
  end
end

local function redeem(holder, id, batch, uses, ends, brought_lane, brought_number, fate)
  uses, ends, brought_number = tonumber(uses), tonumber(ends), tonumber(brought_number)
  local brought = brought_number > 0 and lane_named(brought_lane)
  if brought and is_stale() then return 'stale' end
  if is_revoked(id, batch, holder) then return 'revoked' end

  local till = int(math.max(ends, second) + FORGOTTEN_AFTER)
  local lane, number, is_free = last_place(holder)
  local is_own = brought and brought == lane and brought_number == number
  local gives_up = brought and fate == 'live' and not is_own and brought_number <= brought.issued
    and not is_used(brought, brought_number)
  -- a place that was lost with its line, or missed, is replaced; one that was used, or given up, was a use
  if lane then
    local is_over = is_own and fate ~= 'live'
    if not is_over and still_stands(lane, number) then
      if gives_up then give_up(brought, brought_number) end
      redis.call('ZADD', REDEEMED, 'GT', till, 'h' .. holder)
      return 'held', lane, number
    end
    is_free = is_over and fate == 'missed'
  end
  local given_up = lane and has_left(lane, number)
  if uses > 0 and not is_free then
    if (tonumber(redis.call('HGET', USES, id)) or 0) >= uses then return 'used-up' end
    redis.call('HINCRBY', USES, id, 1)
  end
  if gives_up then give_up(brought, brought_number) end
  -- it cannot be taken back any more (undo.lua): one holder, one place
  if given_up then redis.call('SETBIT', lane.left, bit_of(lane, number), 0) end
  number = give_number(asked)
  redis.call('HSET', HOLDERS, holder, asked.name .. ':' .. int(room.epoch) .. ':' .. int(number))
  redis.call('ZADD', REDEEMED, till, 'h' .. holder)
  if uses > 0 then redis.call('ZADD', REDEEMED, till, 'u' .. id) end
  return 'new', asked, number
end

sweep()
local first, results = asked.issued + 1, {}
for i = own + 1, #ARGV, EACH do results[#results + 1] = {redeem(unpack(ARGV, i, i + EACH - 1))} end
local admitted = 0
if asked.issued >= first then admitted = admit_newcomers(asked, first, ARGV[own]) end
save()
local reply = {'OK', head()}
for _, result in ipairs(results) do
  local outcome, lane, number = unpack(result)
  reply[#reply + 1] = outcome
  reply[#reply + 1] = lane and lane.name or ''
  reply[#reply + 1] = int(number or 0)
  reply[#reply + 1] = outcome == 'new' and number < first + admitted and 1 or 0
end
return reply
