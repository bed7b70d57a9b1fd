-- For wrk: posts $BENCH_BODY with the headers of $BENCH_HEADERS, each with a delivery id of its
-- own that begins with $BENCH_ID, and prints "REQUESTS MICROSECONDS FAILED P99_MICROSECONDS
-- REFUSED": FAILED without an answer, REFUSED with a status of 400 or more.
local body, headers, count = "", {}, 0

function init()
	local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
	body = file:read("*a")
	file:close()
	for line in io.lines(os.getenv("BENCH_HEADERS")) do
		local name, value = line:match("^([^:]+): (.*)$")
		headers[name] = value
	end
end

function request()
	count = count + 1
	headers["X-GitHub-Delivery"] = os.getenv("BENCH_ID") .. "-" .. count
	return wrk.format("POST", nil, headers, body)
end

function done(summary, latency)
	local errors = summary.errors
	local failed = errors.connect + errors.read + errors.write + errors.timeout
	io.write(string.format("%d %d %d %d %d\n", summary.requests, summary.duration, failed,
		latency:percentile(99), errors.status))
end
