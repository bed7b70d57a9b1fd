load ../../helper
load helper

# hookroute status and metrics: what routers and consumers do, also of dead ones.
setup() {
	export HOOKTOOLS_RETRY=1h
	route a 'include "hooktools"; on("push") | to("x"; {n: .delivery})'
}

teardown() {
	local pid
	for pid in "${pids[@]}"; do
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# router: one in the background; its pid is $router.
router() {
	hookroute run 2>>"$BATS_TEST_TMPDIR/log" 3>&- &
	router=$!
	pids+=("$router")
	wait_until of '[.routers[].pid] | index('"$router"') != null'
}

# of JQ: is that so in the status?
of() {
	hookroute status --json | jq -e "$1"
}

# metric NAME{LABELS}: its value.
metric() {
	hookroute metrics | grep -v '^#' | grep -F "$1 " | cut -d' ' -f2
}

@test "status: nothing has ever run" {
	run -0 --separate-stderr hookroute status
	[ "${lines[0]}" = 'no router is running: hookroute run' ]
	of '.routers == [] and .consumers == [] and .queues.new == {files: 0, oldest_ms: null}'
	[ "$(metric hookroute_routers)" = 0 ]
	[ ! -e "$spool/routers" ]
}

# bats test_tags=F2_57
@test "status: a router, its routes, and a consumer that answers" {
	good_consumer x
	router
	put 1 2 3
	wait_until of '.consumers[0].ok == 3'
	of '.routers | length == 1 and .[0].pid == '"$router"' and .[0].routes == 1 and .[0].events == 3
		and .[0].routes_error == null and (.[0].since | test("^20"))'
	of '.consumers[0] | .name == "x" and .state == "running" and .in_flight == 0 and .waiting == 0
		and .starts == 1 and .restarts == 0 and .p50_ms <= .p95_ms and .p95_ms <= .p99_ms
		and .last_error == null and .oldest_ms == null'
	run -0 hookroute status
	[[ ${lines[0]} == "router $router since 20"*'Z, version '* ]]
	[[ ${lines[1]} == '  1 routes, read 20'*'; 0 events under way, 3 done' ]]
	[[ $output == *$'\nx                running '* ]]
	kill "$router"
	wait_until of '.routers == []'
	of '.consumers[0].ok == 3 and .consumers[0].state == "idle"'
}

# bats test_tags=F2_57
@test "status: what a consumer has, and for how long" {
	consumer x ',"in_flight":2' <<<'read -r line; while [ ! -e "$dir/go" ]; do read -rt 0.02 <> <(:); done
		ok; while read -r line; do ok; done'
	router
	put 1 2 3 4 5
	wait_until of '.consumers[0] | .in_flight == 2 and .waiting == 3 and .oldest_ms > 10'
	[ "$(metric 'hookroute_consumer_in_flight{consumer="x"}')" = 2 ]
	[ "$(metric 'hookroute_consumer_waiting{consumer="x"}')" = 3 ]
	[ "$(metric 'hookroute_consumer_oldest_seconds{consumer="x"}')" != 0.000 ]
	of '.queues.cur.files >= 1 and .queues.cur.oldest_ms > 0'
	: >"$BATS_TEST_TMPDIR/go"
	wait_until of '.consumers[0] | .ok == 5 and .in_flight == 0 and .oldest_ms == null'
}

# bats test_tags=F2_33
@test "status: a consumer's failure reaches the router, the log, and who asks" {
	consumer x <<<'read -r line; fail permanent "the disk is odd"; read -r line; fail temporary "not now"
		read -r line; exit 7'
	put 1 2
	run -0 --separate-stderr hookroute drain
	[[ $stderr == *'the disk is odd'* && $stderr == *'not now'* ]]
	of '.consumers[0] | .permanent == 1 and .temporary == 1 and .ok == 0 and .last_error == "not now"
		and (.last_error_at | test("^20"))'
	of '.queues.dead.files == 1 and .queues.defer.files == 1'
	run -0 hookroute status
	[[ $output == *'  last error 20'*'Z: not now'* ]]
	[ "$(metric 'hookroute_tries_total{consumer="x",outcome="permanent"}')" = 1 ]
	[ "$(metric hookroute_dead_total)" = 1 ]
	[ "$(metric 'hookroute_spool_files{state="dead"}')" = 1 ]
}

# bats test_tags=F2_57,F2_33
@test "status: a consumer that ends is counted, and why" {
	consumer x <<<'if mkdir "$dir/once" 2>/dev/null; then read -r line; exit 7; fi; while read -r line; do ok; done'
	put 1
	run -0 hookroute drain
	of '.consumers[0] | .restarts == 1 and .starts == 2 and .ok == 1
		and .last_error == "the consumer ended with status 7"'
	[ "$(metric 'hookroute_consumer_restarts_total{consumer="x"}')" = 1 ]
}

# bats test_tags=F2_57,F2_33
@test "status: one that stops answering is killed, and that is said as the reason" {
	consumer x ',"timeout":"1s"' <<<'if mkdir "$dir/once" 2>/dev/null; then read -r line; sleep 1000; fi
		while read -r line; do ok; done'
	put 1
	run -0 --separate-stderr hookroute drain
	of '.consumers[0] | .restarts == 1 and .ok == 1 and .last_error == "no reply for 1 s"'
	consumer x <<<'read -r line; echo garbage; sleep 1000'
	put 2
	run -0 --separate-stderr hookroute drain
	of '.consumers[0] | .temporary == 1 and (.last_error | test("^its reply is no reply: "))'
	sed 1d "$spool/defer/$(id 2)" | jq -e '.left[0].error | test("^its reply is no reply: ")'
}

@test "status: a consumer that is down is told as such" {
	consumer x <<<'while read -r line; do fail temporary "no"; done'
	router
	put 1 2 3 4 5 6 7 8 9 10
	wait_until of '.consumers[0] | .state == "down" and .temporary >= 8'
	[ "$(metric 'hookroute_consumer_up{consumer="x"}')" = 0 ]
}

@test "status: the routes that were refused" {
	good_consumer x
	router
	route b ')'
	kill -HUP "$router"
	wait_until of '.routers[0].routes_error | test("^b.jq:")'
	of '.routers[0] | .routes == 1 and (.routes_refused_at | test("^20"))'
	[ "$(metric hookroute_routers_with_old_routes)" = 1 ]
	run -0 hookroute status
	[[ $output == *'  refused the routes 20'*': b.jq:'* ]]
	route b 'empty'
	kill -HUP "$router"
	wait_until of '.routers[0] | .routes == 2 and .routes_error == null'
	[ "$(metric hookroute_routes)" = 2 ]
}

@test "metrics: counters go on when routers are killed and others come" {
	good_consumer x
	router
	put 1 2 3
	wait_until of '.consumers[0].ok == 3'
	kill -9 "$router"
	wait_until of '.routers == []'
	[ "$(metric hookroute_events_total)" = 3 ]
	router
	put 4
	wait_until of '.consumers[0].ok == 4'
	[ "$(find "$spool/routers" -type f -name '*-*' | wc -l)" -eq 1 ]
	[ "$(metric hookroute_events_total)" = 4 ]
	[ "$(metric 'hookroute_tries_total{consumer="x",outcome="ok"}')" = 4 ]
	kill "$router"
	wait_until of '.routers == []'
	put 5
	run -0 hookroute drain
	[ "$(metric hookroute_events_total)" = 5 ]
	[ "$(metric 'hookroute_reply_seconds_count{consumer="x"}')" = 5 ]
	[ "$(find "$spool/routers" -type f -name '*-*' | wc -l)" -eq 0 ]
}

@test "metrics: several routers are added up" {
	good_consumer x
	router
	router
	[ "$(metric hookroute_routers)" = 2 ]
	put 1 2 3 4
	wait_until of '.consumers | length == 1 and .[0].ok == 4'
	[ "$(metric hookroute_delivered_total)" = 4 ]
}

@test "metrics: the text is Prometheus's, and bears no ids" {
	good_consumer x
	put 1
	run -0 hookroute drain
	if command -v python3 >/dev/null; then
		hookroute metrics >"$BATS_TEST_TMPDIR/text"
		python3 "$top/tests/bin/hookrecv/exposition.py" <"$BATS_TEST_TMPDIR/text"
	fi
	run -0 --separate-stderr hookroute metrics
	local text=$output
	# Each line is a comment or a sample, each name has one HELP and one TYPE before it.
	run ! grep -vE '^(# (HELP|TYPE) hookroute_[a-z_]+ .+|hookroute_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9]+(\.[0-9]+)?)$' <<<"$text"
	[ -z "$(sed -nE 's/^# TYPE ([a-z_]+) .*/\1/p' <<<"$text" | sort | uniq -d)" ]
	diff <(sed -nE 's/^# TYPE ([a-z_]+) .*/\1/p' <<<"$text" | sort) \
		<(grep -v '^#' <<<"$text" | sed -E 's/[{ ].*//; s/_(bucket|sum|count)$//' | sort -u)
	run ! grep -E '[0-9a-f]{8}-' <<<"$text"
	# A counter is called so, and nothing else is.
	diff <(sed -nE 's/^# TYPE ([a-z_]+) counter/\1/p' <<<"$text") \
		<(sed -nE 's/^# TYPE ([a-z_]+_total) .*/\1/p' <<<"$text")
	# Buckets never fall, and the last one is the count.
	grep '^hookroute_reply_seconds_bucket' <<<"$text" | cut -d' ' -f2 >"$BATS_TEST_TMPDIR/buckets"
	diff "$BATS_TEST_TMPDIR/buckets" <(sort -n "$BATS_TEST_TMPDIR/buckets")
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/buckets")" -eq 1 ]
}

@test "metrics: the file is replaced" {
	echo old >"$BATS_TEST_TMPDIR/x.prom"
	run -0 hookroute metrics --output "$BATS_TEST_TMPDIR/x.prom"
	[ -z "$output" ]
	grep -q '^hookroute_routers 0$' "$BATS_TEST_TMPDIR/x.prom"
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/x.prom")" = 644 ]
	run -71 --separate-stderr hookroute metrics --output /nowhere/x.prom
}

@test "status: a router that cannot count works all the same" {
	good_consumer x
	mkdir -p "$spool"
	: >"$spool/routers"
	put 1
	run -0 --separate-stderr hookroute drain
	[[ $stderr == *'ignoring: status and metrics will not know this router'* ]]
	[ "$(got x | wc -l)" -eq 1 ]
}

@test "hookroute: it finds itself as a consumer where PATH has no sbin" {
	mkdir "$BATS_TEST_TMPDIR/sbin"
	cp "$build/bin/hookroute" "$BATS_TEST_TMPDIR/sbin"
	route a 'select(.event == "push") | {to: "e", send: {event: "done", payload: {}, hops: 1}}'
	echo '{"exec":["hookroute","emit"]}' >"$HOOKTOOLS_CONF/consumers.d/e.json"
	put 1
	PATH=/usr/bin:/bin run -0 --separate-stderr "$BATS_TEST_TMPDIR/sbin/hookroute" drain
	of '.consumers[0] | .name == "e" and .ok == 1'
}
