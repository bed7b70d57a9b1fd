load ../../helper
load helper

# GET /metrics: what a server has done, for Prometheus.

teardown() {
	stop_servers
}

# metrics: the text to $text, which is what it must be.
metrics() {
	text=$BATS_TEST_TMPDIR/metrics
	curl -sSf -o "$text" -D "$text.head" ${socket:+--unix-socket "$socket"} "$server_url/metrics"
	python3 "$top/tests/bin/hookrecv/exposition.py" <"$text"
	if command -v promtool >/dev/null; then
		promtool check metrics <"$text"
	fi
}

# value SERIES: its value, nothing when it is not there.
value() { sed -nE "s/^hookrecv_$1 ([0-9.]+)\$/\\1/p" "$text"; }

# requests PROVIDER VERDICT
requests() { value "requests_total\\{provider=\"$1\",verdict=\"$2\"\\}"; }

# counted N PROVIDER VERDICT: a request is counted when it is over, just after its answer.
counted() {
	metrics
	[ "$(requests "$2" "$3")" = "$1" ]
}

@test "hookrecv: /metrics is what Prometheus reads, before anything happened" {
	make_key
	start_hookrecv
	metrics
	tr -d '\r' <"$text.head" | grep -qx 'Content-Type: text/plain; version=0.0.4'
	[ "$(value 'build_info\{version="[0-9.]+"\}')" = 1 ]
	[ "$(value hooks)" = 0 ]
	[ "$(value answer_seconds_count)" = 0 ]
	[ "$(value spool_free_bytes)" -gt 1000000 ]
	[ "$(value start_time_seconds)" -gt $(($(date +%s) - 100)) ]
	run ! grep -q '^hookrecv_requests_total' "$text"
}

@test "hookrecv: /metrics counts by provider and verdict, bytes, times and batches" {
	add_hook github
	start_hookrecv
	send '{"n":1}' d-1
	send '{"n":22}' d-2
	send '{"n":1}' d-1
	wait_until counted 1 github duplicate
	[ "$(requests github accepted)" = 2 ]
	[ "$(value 'body_bytes_total\{provider="github"\}')" = 22 ]
	[ "$(value answer_seconds_count)" = 2 ]
	[ "$(value sync_seconds_count)" -le 2 ]
	[ "$(value sync_events_sum)" = 2 ]
	[ "$(value 'answer_seconds_bucket\{le="10"\}')" = 2 ]
	[ "$(value hooks)" = 1 ]
	send '{' d-3
	wait_until counted 1 github bad_payload
	send '{"zen":1}' d-4
	sign "$BATS_TEST_TMPDIR/body" d-5 ping
	post "$BATS_TEST_TMPDIR/body"
	wait_until counted 1 github ping
	printf '{"forged":1}' >"$BATS_TEST_TMPDIR/body"
	post "$BATS_TEST_TMPDIR/body"
	wait_until counted 1 github bad_signature
	sed -i '/^X-Hub-Signature/d' "$BATS_TEST_TMPDIR/body.head"
	post "$BATS_TEST_TMPDIR/body"
	wait_until counted 1 github unsigned
	[ "$(value misses_total)" = 2 ]
	post "$BATS_TEST_TMPDIR/body" text/plain
	wait_until counted 1 github unsupported_media_type
}

@test "hookrecv: /metrics counts what came to no hook, and whom it banned" {
	export HOOKTOOLS_BAN_LOCAL=yes HOOKTOOLS_BAN_MISSES=2
	make_key
	start_hookrecv --trusted-proxy 127.0.0.1
	for _ in 1 2 3; do
		curl -sS -o /dev/null -H 'X-Forwarded-For: 203.0.113.7' --data-binary '{}' "$server_url/hook/01234567-89ab-4cde-8f01-23456789abcd"
	done
	curl -sS -o /dev/null "$server_url/other"
	curl -sS -o /dev/null "$server_url/hook/x"
	wait_until counted 1 unknown method_not_allowed
	[ "$(requests unknown unknown_hook) $(requests unknown banned) $(requests unknown not_found)" = "2 1 1" ]
	[ "$(value misses_total) $(value bans_total) $(value banned_senders)" = "2 1 1" ]
	run ! grep -q 203.0.113 "$text"
}

@test "hookrecv: /metrics of providers that files describe, of large events, and of senders that go away" {
	mkdir -p "$HOOKTOOLS_CONF/providers.d"
	echo '{"header":"X-Sig","encoding":"hex"}' >"$HOOKTOOLS_CONF/providers.d/own.json"
	add_hook own
	add_hook none
	start_hookrecv --idle 1s
	head -c 100000 /dev/zero | tr '\0' 1 >"$BATS_TEST_TMPDIR/large"
	: >"$BATS_TEST_TMPDIR/large.head"
	post "$BATS_TEST_TMPDIR/large"
	[ "$status" -eq 202 ]
	wait_until counted 1 none accepted
	[ "$(value 'body_bytes_total\{provider="none"\}')" = 100000 ]
	[ "$(value sync_events_count)" = 1 ]
	hook=$(hookrecv show acme/own --json | jq -r .id)
	post "$BATS_TEST_TMPDIR/large"
	wait_until counted 1 described unsigned
	hook=$(hookrecv show acme/none --json | jq -r .id)
	printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{' "$hook" | socat -t 0 - "TCP:${server_url#http://}"
	wait_until counted 1 none broken_off
}

@test "hookrecv: /metrics of one worker tells of all of them" {
	add_hook github
	start_hookrecv --workers 2
	for i in {1..12}; do
		send "{\"n\":$i}" "d-$i"
		[ "$status" -eq 202 ]
	done
	wait_until counted 12 github accepted
	for _ in {1..8}; do
		metrics
		[ "$(requests github accepted)" = 12 ]
	done
}

@test "hookrecv: /metrics is for this machine only, takes GET, and is not counted itself" {
	make_key
	start_hookrecv --trusted-proxy 127.0.0.1
	run -0 curl -sS -o /dev/null -w '%{http_code}' -H 'X-Forwarded-For: 203.0.113.7' "$server_url/metrics"
	[ "$output" = 404 ]
	run -0 curl -sS -o /dev/null -w '%{http_code}' -X POST --data-binary x "$server_url/metrics"
	[ "$output" = 405 ]
	wait_until counted 1 unknown method_not_allowed
	[ "$(value 'requests_total.*' | wc -l)" -eq 2 ]
	metrics
	metrics
	[ "$(requests unknown other)" = "" ]
	start_server "$BATS_TEST_TMPDIR/log2" hookrecv -l "unix:$BATS_TEST_TMPDIR/socket"
	at_socket "$BATS_TEST_TMPDIR/socket"
	metrics
}

@test "hookrecv -i: one process for each request has no /metrics" {
	make_key
	printf 'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >"$BATS_TEST_TMPDIR/request"
	run -0 --separate-stderr hookrecv -i <"$BATS_TEST_TMPDIR/request"
	[[ "${lines[0]}" == "HTTP/1.1 404 "* ]]
}
