/**
 * The step of `advance` inside of Redis, by the clock of the server: a hash with one field, `log`, which no entry of a store
 * has. A test holds both against each other.
 *
 * Arguments: the kind of the step (`look` changes nothing), who takes it, milliseconds of a block; then the limits: queries,
 * the window, how many at once, the lease, the ticket. Answers numbers: granted, now, roomAt, openAt, used, running, ahead,
 * blocked.
 */
export const budgetScript = `#!lua
local kind, id, millis = ARGV[1], ARGV[2], tonumber(ARGV[3])
local queries, window, atOnce = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local lease, ticket, skew = tonumber(ARGV[7]), tonumber(ARGV[8]), 60000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local text = redis.call('HMGET', KEYS[1], 'log')[1]
local log = text and cjson.decode(text) or { starts = {}, queue = {}, blocked = 0 }

local function keep(items, fits)
  local kept = {}
  for _, item in ipairs(items) do if fits(item) then kept[#kept + 1] = item end end
  return kept
end
local function runs(start) return start['until'] > now and start['until'] <= now + lease + skew end
local function counts(start) return start.at + window > now end
local function isOther(item) return item.id ~= id end
local function room(ends, over, longest)
  if over < 0 then return now end
  table.sort(ends)
  return ends[over + 1] or now + longest
end

local function answer()
  local ends, places, granted, ahead = {}, {}, 0, #log.queue
  for _, start in ipairs(log.starts) do
    if counts(start) then ends[#ends + 1] = start.at + window end
    if runs(start) then
      places[#places + 1] = start['until']
      if start.id == id then granted = 1 end
    end
  end
  for index = #log.queue, 1, -1 do if log.queue[index].id == id then ahead = index - 1 end end
  local open = math.max(now, log.blocked, room(ends, #ends + ahead - queries, window))
  local at = math.max(open, room(places, #places + ahead - atOnce, lease))
  return { granted, now, at, open, #ends, #places, ahead, log.blocked }
end

log.starts = keep(log.starts, function(start)
  return start.at <= now + skew and (counts(start) or runs(start))
end)
log.queue = keep(log.queue, function(one) return one['until'] > now and one['until'] <= now + lease end)
log.blocked = math.min(log.blocked, now + window)

local function stay(to)
  for _, start in ipairs(log.starts) do if start.id == id then start['until'] = to end end
end

if kind == 'look' then return answer() end
if kind == 'take' or kind == 'wait' then
  local asked = answer()
  if asked[1] == 0 and asked[3] <= now then
    log.starts[#log.starts + 1] = { id = id, at = now, ['until'] = now + lease }
    log.queue = keep(log.queue, isOther)
  elseif asked[1] == 0 and kind == 'wait' then
    log.queue[asked[7] + 1] = { id = id, ['until'] = now + ticket }
  end
elseif kind == 'renew' then stay(now + lease)
elseif kind == 'end' then stay(0); log.queue = keep(log.queue, isOther)
elseif kind == 'drop' then log.starts = keep(log.starts, isOther); log.queue = keep(log.queue, isOther)
elseif kind == 'again' then log.starts[#log.starts + 1] = { id = id .. '+', at = now, ['until'] = 0 }
elseif kind == 'block' then log.blocked = math.max(log.blocked, now + math.min(millis, window))
end
redis.call('HSET', KEYS[1], 'log', cjson.encode(log))
redis.call('PEXPIRE', KEYS[1], window + lease)
return answer()`
