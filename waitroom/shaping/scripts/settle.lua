-- The one who made a step puts down the new state, unless another has taken a step since.
-- KEYS 1 the controller's hash; ARGV 1 the version of the step, 2 the state, 3 patience in ms
-- Reply 1, or 0 where it came too late
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'patience', ARGV[3])
return 1
