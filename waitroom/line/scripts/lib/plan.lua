-- The schedule: what is due is done by whichever call comes first.
--
-- A step is JSON: {"id", "kind", "event", "changes": {field: value}} and, where it begins an event, "opens" and
-- "commitment". Steps of one moment come in the order of their ids. Its kind is
--   begin  the event's own line begins; until `opens` nobody enters
--   open   the door opens; with a commitment, everyone who came before is put in a drawn order
--   set    settings change: a rate, a mode
--   say    what those waiting are told changes; these come by tell.lua, and stay when the plan is changed

-- The room's own idea of the time of day: where Redis and the caller agree it is theirs, else it goes on from there,
-- and takes no jumps.
local function keep_steady()
  if math.abs(wall - known.wall) <= CLOCKS_AGREE or room.steady == 0 then
    room.steady = wall
  else
    room.steady = room.steady + math.min(math.max(wall - room.wall, 0), MAX_STEP)
  end
end

-- Is it time? The median of three clocks: Redis's, the caller's, and the room's own. No single one that is wrong opens
-- early, or late.
local function due_clock()
  local a, b, c = wall, known.wall, room.steady
  return math.max(math.min(a, b), math.min(math.max(a, b), c))
end

local function notice_clock()
  local off = wall - due_clock()
  local astray = math.abs(off) > CLOCKS_AGREE and 1 or 0
  if astray ~= room.astray then
    log(astray == 1 and 'clock_astray' or 'clock_agrees', 'by_ms', int(off))
    room.astray = astray
  end
end

-- Sets fields of the rules; tells what they were. An empty table where nothing is new.
--
-- Two fields are kept here. `revision` is another each time that somebody, or the schedule, sets anything; what the
-- gateways measure themselves (limit_…) leaves it. It is a time, so that it does not come twice even where Redis forgot.
-- `resumes` is the mode before a pause, whoever paused and by whatever way.
local function change_rules(changes)
  local changed, is_set = {}, false
  log_passed()
  for field, value in pairs(changes) do
    local before = redis.call('HGET', RULES, field)
    if before ~= value then
      redis.call('HSET', RULES, field, value)
      changed[#changed + 1] = field
      changed[#changed + 1] = (before or '') .. ' -> ' .. value
      is_set = is_set or string.sub(field, 1, 6) ~= 'limit_'
      if field == 'mode' then
        if value == 'pause' then
          redis.call('HSET', RULES, 'resumes', before or '')
        else
          redis.call('HDEL', RULES, 'resumes')
        end
      end
    end
  end
  if is_set then
    local before = tonumber(redis.call('HGET', RULES, 'revision') or 0) or 0
    redis.call('HSET', RULES, 'revision', int(math.max(before + 1, wall)))
  end
  local version = redis.call('HGET', RULES, 'version') or '0'
  if #changed > 0 or not tonumber(version) then
    redis.call('HSET', RULES, 'version', int((tonumber(version) or 0) + 1))
    read_rules()
  end
  return changed
end

-- False for an event that has begun before: what was turned since stands.
local function begin_event(step)
  if redis.call('HGET', ROOM, 'event') == step.event then return false end
  -- of an event that nobody came to
  redis.call('HDEL', ROOM, 'commitment', 'digest', 'opened_at', 'seed')
  for _, lane in ipairs(lanes) do
    if lane.issued > 0 then
      begin_anew()
      break
    end
  end
  room.opens = tonumber(step.opens)
  redis.call('HSET', ROOM, 'event', step.event)
  if step.commitment then
    redis.call('HSET', ROOM, 'commitment', step.commitment, 'digest', FIRST_DIGEST)
  end
  log('begun', 'event', step.event, 'opens_at', step.opens, 'commitment', step.commitment or '')
  return true
end

-- One call however many wait: the order follows from what is fixed here, and is kept nowhere.
local function open_door(step)
  if redis.call('HGET', ROOM, 'event') ~= step.event or room.opens == 0 then return end
  log_passed()
  room.opens = 0
  redis.call('HSET', ROOM, 'opened_at', int(wall))
  redis.call('HSET', RULES, 'held:' .. step.event, int(wall))
  local fixed = redis.call('HMGET', ROOM, 'commitment', 'digest')
  for _, lane in ipairs(lanes) do
    if fixed[1] and lane.issued > lane.called then
      lane.drawn_first = lane.called + 1
      lane.drawn_count = lane.issued - lane.called
      log('drawn', 'event', step.event, 'lane', lane.name, 'first', int(lane.drawn_first), 'count',
        int(lane.drawn_count), 'commitment', fixed[1], 'digest', fixed[2])
    end
  end
  log('opened', 'event', step.event)
end

-- A plan that was changed before the opening may have moved it.
local function move_opening()
  if room.opens == 0 then return end
  local event = redis.call('HGET', ROOM, 'event')
  for _, member in ipairs(redis.call('ZRANGE', PLAN, 0, -1)) do
    local step = cjson.decode(member)
    if step.kind == 'open' and step.event == event then
      room.opens = tonumber(redis.call('ZSCORE', PLAN, member))
      log('moved', 'event', event, 'opens_at', int(room.opens))
      return
    end
  end
  room.opens = 0 -- it will not come any more
  log('moved', 'event', event, 'opens_at', '0')
  redis.call('HDEL', ROOM, 'event', 'commitment', 'digest')
  -- what it set goes with it: a room that is closed outside of its events is not opened by a cancelled one
  local own_mode, own_rate = unpack(redis.call('HMGET', RULES, 'file:mode', 'file:rate'))
  if own_mode and own_rate and (rules.mode == 'auto' or rules.mode == 'queue') then
    local changed = change_rules({mode = own_mode, rate = own_rate})
    if #changed > 0 then log('changed', 'who', 'schedule', 'why', event, unpack(changed)) end
  end
end

-- Takes out what is still to come and is (or is not) a message.
local function drop_steps(says)
  for _, member in ipairs(redis.call('ZRANGE', PLAN, 0, -1)) do
    if (cjson.decode(member).kind == 'say') == says then redis.call('ZREM', PLAN, member) end
  end
end

local function note_next_step()
  local next_step = redis.call('ZRANGE', PLAN, 0, 0, 'WITHSCORES')
  room.next_step = tonumber(next_step[2]) or 0
end

local function take_due_steps()
  if room.next_step == 0 then return end
  local clock = due_clock()
  for _ = 1, MAX_STEPS do
    if room.next_step == 0 or room.next_step > clock then return end
    local member = redis.call('ZRANGE', PLAN, 0, 0)[1]
    redis.call('ZREM', PLAN, member)
    local step = cjson.decode(member)
    local changes = step.changes or {}
    if step.kind == 'begin' and not begin_event(step) then changes = {} end
    if step.kind == 'open' then open_door(step) end
    local changed = change_rules(changes)
    -- the workers look again at what is still planned
    redis.call('HINCRBY', RULES, 'version', 1)
    rules.version = rules.version + 1
    if #changed > 0 then log('changed', 'who', 'schedule', 'why', step.event, unpack(changed)) end
    note_next_step()
  end
end

-- Each batch of joins before a drawn opening adds to what the order will follow from.
local function contribute(lane, randomness)
  if room.opens == 0 then return end
  local digest = redis.call('HGET', ROOM, 'digest')
  if digest then
    redis.call('HSET', ROOM, 'digest', redis.sha1hex(digest .. randomness .. ':' .. int(lane.issued)))
  end
end
