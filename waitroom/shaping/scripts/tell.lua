-- A worker tells what it saw of the shop. The first to come once a step is due takes all that was told and makes it.
-- KEYS 1 the controller's hash, 2 what was told since the last step, 3 the sessions of the room, 4 the room
-- ARGV 1 the worker, 2 ms that it tells of, 3 ms between two steps, 4 session_ms, 5 ms within which a visitor counts
--   as active, 6… pairs of field and number: "retry_after" is the most that was told, all others add up
-- The hash: due and taken (when the next step is due, and the last was taken, by Redis's clock), version, state,
--   patience (ms after which an answer that has not begun counts as late).
-- Reply {ms until the next step is due, patience} or, to the one who makes the step,
--   {ms, patience, version, state, visitors active, told: pairs of field and number}
local CONTROLLER, TOLD, SESSIONS, ROOM = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local PROVISIONAL = 30000 -- ms that a session counts before its pass is first returned: see line/scripts/lib
local FORGOTTEN = 60000   -- ms after which what nobody took is dropped
local STALE = 600000      -- ms without a step after which the shop may be another, and the state is not given any more
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local interval = tonumber(ARGV[3])

redis.call('HINCRBY', TOLD, 'ms:' .. ARGV[1], ARGV[2])
for i = 6, #ARGV, 2 do
  if ARGV[i] == 'retry_after' then
    local before = tonumber(redis.call('HGET', TOLD, 'retry_after')) or 0
    redis.call('HSET', TOLD, 'retry_after', math.max(before, tonumber(ARGV[i + 1])))
  else
    redis.call('HINCRBYFLOAT', TOLD, ARGV[i], ARGV[i + 1])
  end
end
redis.call('PEXPIRE', TOLD, FORGOTTEN)

local due = tonumber(redis.call('HGET', CONTROLLER, 'due'))
local patience = tonumber(redis.call('HGET', CONTROLLER, 'patience')) or 0
-- the first time, or the clock was set back
if not due or due > now + interval then
  redis.call('HSET', CONTROLLER, 'due', now + interval, 'taken', now)
  return {interval, patience}
end
if now < due then return {due - now, patience} end
local state = redis.call('HGET', CONTROLLER, 'state') or ''
local taken = tonumber(redis.call('HGET', CONTROLLER, 'taken'))
if now - taken > STALE then state = '' end
local told = redis.call('HGETALL', TOLD)
redis.call('DEL', TOLD)
local version = redis.call('HINCRBY', CONTROLLER, 'version', 1)
redis.call('HSET', CONTROLLER, 'due', math.max(due + interval, now + interval / 2), 'taken', now)
-- A session ends session_ms after its last request, so its end tells when that was; a new one ends sooner.
local clock = tonumber(redis.call('HGET', ROOM, 'clock')) or now
local session, active = tonumber(ARGV[4]), tonumber(ARGV[5])
local seen = redis.call('ZCOUNT', SESSIONS, clock + session - active, '+inf')
if session > PROVISIONAL + active then
  seen = seen + redis.call('ZCOUNT', SESSIONS, clock + PROVISIONAL - active, clock + PROVISIONAL)
end
return {interval, patience, version, state, seen, told}
