-- What wrk sends and counts: bench/_wrk.py starts it and reads the line that it prints.
-- With the path of a plan it saves items; each line of it has an item's address, version and form.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  good, conflicts, bad, worst, number = 0, 0, 0, 0, 0
  items, free, first, last = {}, {}, 1, 0
  if not args[1] then return end
  for line in io.lines(args[1]) do
    local address, version, form = line:match("^(%S+) (%d+) (%S+)$")
    items[address] = { address = address, version = tonumber(version), form = form }
    last = last + 1
    free[last] = address
  end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  request = save
end

-- An item waits for its answer before it is saved again, so its version is known.
function save()
  if first > last then return wrk.format("GET", "/no-item-is-free") end
  local item = items[free[first]]
  free[first] = nil
  first = first + 1
  number = number + 1
  -- Never what an earlier run wrote: a save that changes nothing leaves the version as it is.
  local notes = os.time() .. "-" .. number
  local body = item.form .. "&notes=" .. notes .. "&version=" .. item.version
  return wrk.format("POST", item.address, nil, body)
end

function response(status, headers, body)
  if next(items) == nil then
    if status == 200 then good = good + 1 else bad, worst = bad + 1, status end
    return
  end
  local item = status == 302 and items[headers["Location"]]
  if item then
    good = good + 1
    item.version = item.version + 1
    last = last + 1
    free[last] = item.address
  elseif status == 409 then
    conflicts = conflicts + 1
  else
    bad, worst = bad + 1, status
  end
end

function done(summary, latency, requests)
  local told = { good = 0, conflicts = 0, bad = 0, worst = 0 }
  for _, thread in ipairs(threads) do
    for name, value in pairs(told) do told[name] = value + thread:get(name) end
  end
  local errors = summary.errors
  io.write(string.format(
    '{"seconds": %f, "good": %d, "conflicts": %d, "bad": %d, "worst": %d, "cut": %d, "p50": %f, "p99": %f}\n',
    summary.duration / 1e6, told.good, told.conflicts, told.bad, told.worst,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
