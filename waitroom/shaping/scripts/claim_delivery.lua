-- Claims a verified message of a webhook for one worker, for as long as it is under way.
-- KEYS  one hash for each signature in the message: variant -> until when it must not come again, in ms
-- ARGV  variant, how many variants a signature may have, ms of the claim
-- Gives the end of the claim in ms, and the numbers of the keys that were new and are claimed, from 1; none where
-- nothing was new.
-- Bounded: a few commands a signature, of which a message has at most 64.

local variant, most, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local new = {}

for at, key in ipairs(KEYS) do
  local till = redis.call('HGET', key, variant)
  if till and tonumber(till) <= now or not till and redis.call('HLEN', key) < most then
    new[#new + 1] = at
  end
end

for _, at in ipairs(new) do
  local key = KEYS[at]
  redis.call('HSET', key, variant, string.format('%.0f', now + lease))
  if redis.call('PTTL', key) < lease then
    redis.call('PEXPIRE', key, lease)
  end
end
return {now + lease, new}
