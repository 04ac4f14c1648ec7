-- The record of a room: a stream of entries, each with its type, the epoch and the room clock.
local LOG_LENGTH = 100000 -- entries kept

-- Each entry is chained to the one before it, so that none can be changed, put in or left out unseen.
local function write_record(room_key, log_key, entry)
  local before = redis.call('HGET', room_key, 'chain') or ''
  local chain = redis.sha1hex(before .. table.concat(entry, '\0'))
  redis.call('HSET', room_key, 'chain', chain)
  entry[#entry + 1], entry[#entry + 2] = 'chain', chain
  redis.call('XADD', log_key, 'MAXLEN', '~', LOG_LENGTH, '*', unpack(entry))
end
