-- Takes from the buckets of several newcomers, in their order: from all buckets of one, or from none of them.
-- The algorithm is that of buckets.py (GCRA); the line's clock stands in front of it.
-- KEYS the buckets of the first newcomer, of the second, …: strings with the theoretical arrival time, which expire
--      when that has passed
-- ARGV of each newcomer: how many buckets, then `most` and `window_ms` of each
-- Reply of each newcomer two numbers: which of the buckets is too full (from 1; 0: none, and they were taken from),
--       and for how many milliseconds
local at = now()
local reply, key, word = {}, 0, 1

while word <= #ARGV do
  local count = tonumber(ARGV[word])
  local full, wait, stored = 0, 0, {}
  for i = 1, count do
    local most, window = tonumber(ARGV[word + 2 * i - 1]), tonumber(ARGV[word + 2 * i])
    local arrival = tonumber(redis.call('GET', KEYS[key + i]) or 0)
    local after = math.min(math.max(arrival, at), at + window) + window / most
    local too_full = after - window - at
    -- a thousandth of a millisecond is what is stored
    if too_full > 0.001 and full == 0 then full, wait = i, too_full end
    stored[i] = after
  end
  if full == 0 then
    for i = 1, count do
      redis.call('SET', KEYS[key + i], string.format('%.3f', stored[i]), 'PX', math.ceil(stored[i] - at))
    end
  end
  reply[#reply + 1] = full
  reply[#reply + 1] = math.ceil(wait)
  key = key + count
  word = word + 1 + 2 * count
end
return reply
