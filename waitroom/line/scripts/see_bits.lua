-- Ticket holders were seen: as `see`, but told as a bitmap, for the hundreds of thousands whom a worker has.
-- ARGV own the number of the first bit, a multiple of 8; own+1 the bits: 1 was seen, 0 leaves what was told before
-- Reply {status, head}
local refused = enter()
if refused then return refused end
local lane = asked
local STRETCH = 64 -- bytes compared at once

-- Both stretches in one: byte by byte only where both have bits.
local function join_bits(told, bits)
  local joined = {}
  for from = 1, #bits, STRETCH do
    local old, new = told:sub(from, from + STRETCH - 1), bits:sub(from, from + STRETCH - 1)
    if not old:find('[^%z]') then
      joined[#joined + 1] = new
    elseif not new:find('[^%z]') then
      joined[#joined + 1] = old .. string.rep('\0', #new - #old)
    else
      local bytes = {}
      for i = 1, #new do bytes[i] = string.char(bit.bor(old:byte(i) or 0, new:byte(i))) end
      joined[#joined + 1] = table.concat(bytes)
    end
  end
  return table.concat(joined)
end

local function mark_all(first, bits)
  local cut = (lane.base - first) / 8
  if cut > 0 then first, bits = lane.base, bits:sub(cut + 1) end
  -- nobody holds a number that was not given out
  local length = lane.issued + 1 - first
  if length <= 0 or bits == '' then return end
  if #bits * 8 > length then
    local whole = math.floor(length / 8)
    local last = bit.band(bits:byte(whole + 1), bit.bnot(bit.rshift(255, length % 8)))
    bits = bits:sub(1, whole) .. string.char(last)
  end
  local key, at = lane.seen[room.slot % 4 + 1], bit_of(lane, first) / 8
  redis.call('SETRANGE', key, at, join_bits(redis.call('GETRANGE', key, at, at + #bits - 1), bits))
end

if not is_stale() then mark_all(tonumber(ARGV[own]), ARGV[own + 1]) end
save()
return {'OK', head()}
