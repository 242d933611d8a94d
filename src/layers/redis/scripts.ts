/**
 * What runs inside of Redis: one script for each step, with one key, by the clock of the server. An entry is a hash: `version`
 * and `data`, and while it is claimed `holder`, `until` and whom it was taken over from, `previous`. A gravestone has a version
 * only.
 *
 * All but the claim are allowed when the memory is full: then claims are refused, so that nothing is spent whose answer could
 * not be stored, and what is under way is stored all the same.
 */

/** Keys: the entry. Arguments: version, data, condition, the version that is wanted, milliseconds to live or nothing. */
export const putScript = `#!lua flags=allow-oom
local version, data, condition, wanted, millis = unpack(ARGV)
local held = redis.call('HMGET', KEYS[1], 'version', 'data')
if held[1] == version then return 1 end
local fits = condition == 'any'
  or condition == 'absent' and not held[2]
  or condition == 'version' and held[1] == wanted
  or condition == 'commit' and (not held[1] or held[1] == wanted)
if not fits then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'version', version, 'data', data)
if millis ~= '' then redis.call('PEXPIRE', KEYS[1], millis) end
return 1`

/** Arguments: the version of the gravestone, the version that is wanted or nothing, how long the gravestone stands. */
export const removeScript = `#!lua flags=allow-oom
local gravestone, wanted, millis = unpack(ARGV)
local held = redis.call('HMGET', KEYS[1], 'version', 'data')
if not held[2] then return held[1] == gravestone and 1 or 0 end
if wanted ~= '' and held[1] ~= wanted then return -1 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'version', gravestone)
redis.call('PEXPIRE', KEYS[1], millis)
return 1`

/** Arguments: version, holder, milliseconds of the lease, whether to take over. Answers words: what, who, how long still. */
export const claimScript = `#!lua
local version, holder, lease, takeOver = unpack(ARGV)
local held = redis.call('HMGET', KEYS[1], 'version', 'data', 'holder', 'until', 'previous')
if held[1] ~= version or not held[2] then return {'superseded'} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local previous = held[5]
if held[3] and held[3] ~= holder then
  local left = tonumber(held[4]) - now
  if left > 0 or takeOver ~= '1' then return {'held', held[3], tostring(math.max(0, left))} end
  previous = held[3]
  redis.call('HSET', KEYS[1], 'previous', previous)
end
redis.call('HSET', KEYS[1], 'holder', holder, 'until', now + lease)
return {'granted', previous or ''}`

/** Arguments: holder, whether nothing was spent. */
export const settleScript = `#!lua flags=allow-oom
local held = redis.call('HMGET', KEYS[1], 'holder', 'previous')
if held[1] ~= ARGV[1] then return 0 end
local left = ARGV[1]
if ARGV[2] == '1' then left = held[2] end
redis.call('HDEL', KEYS[1], 'holder', 'until', 'previous')
if left then redis.call('HSET', KEYS[1], 'holder', left, 'until', 0) end
return 1`
