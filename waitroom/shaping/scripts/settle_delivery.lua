-- Ends a claim: the message is remembered where the shop has taken it, and forgotten where it has not.
-- KEYS  those that were claimed
-- ARGV  variant, the end of the claim as it was given, ms for which to remember (0: forget)
-- Gives nothing. Forgets only what is still this claim's.

local variant, claimed, keep = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

for _, key in ipairs(KEYS) do
  local till = redis.call('HGET', key, variant)
  if keep > 0 then
    redis.call('HSET', key, variant, string.format('%.0f', now + keep))
    if redis.call('PTTL', key) < keep then
      redis.call('PEXPIRE', key, keep)
    end
  elseif till == claimed then
    redis.call('HDEL', key, variant)
  end
end
return 0
