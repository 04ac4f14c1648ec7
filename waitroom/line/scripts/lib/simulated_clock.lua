-- The clock of a rehearsal, in place of lib/clock: a key that the simulation moves. It is the only difference.

-- Milliseconds since 1970.
local function now()
  return tonumber(redis.call('GET', 'waitroom:rehearsal:clock'))
end
