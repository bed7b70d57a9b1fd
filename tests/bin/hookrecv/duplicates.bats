load ../../helper
load helper

# A forge that got no answer sends again: what is known is answered 200 and kept once.

teardown() {
	stop_servers
}

restart() {
	kill "-$1" "$server_pid"
	wait "$server_pid" 2>/dev/null || true
	start_hookrecv
}

# bats test_tags=FX_1
@test "hookrecv: the same delivery again is 200 with the same id" {
	add_hook github
	start_hookrecv
	send '{"n":1}' one
	[ "$status" -eq 202 ]
	id=$(jq -r .id <<<"$answer")
	send '{"n":1}' one
	[ "$status" -eq 200 ]
	jq -e --arg id "$id" '. == {id: $id, duplicate: true}' <<<"$answer"
	send '{"n":1}' two
	[ "$status" -eq 202 ]
	[ "$(stored)" -eq 2 ]
}

@test "hookrecv: the same delivery id of another hook is another event" {
	add_hook github
	start_hookrecv
	send '{}' one
	add_hook hmac
	send '{}' one
	[ "$status" -eq 202 ]
	[ "$(stored)" -eq 2 ]
}

@test "hookrecv: without a delivery id nothing is a duplicate" {
	add_hook hmac
	start_hookrecv
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	sed -i '/Delivery/d' "$BATS_TEST_TMPDIR/body.head"
	for _ in 1 2; do
		post "$BATS_TEST_TMPDIR/body"
		[ "$status" -eq 202 ]
	done
}

# bats test_tags=FX_2
@test "hookrecv: a duplicate is known after a restart and after kill -9" {
	add_hook github
	start_hookrecv
	send '{"n":1}' one
	restart TERM
	send '{"n":1}' one
	[ "$status" -eq 200 ]
	restart KILL
	send '{"n":1}' one
	[ "$status" -eq 200 ]
	[ "$(stored)" -eq 1 ]
}

@test "hookrecv: a duplicate is known when its event has been routed and the table is lost" {
	add_hook github
	start_hookrecv
	send '{"n":1}' one
	run -0 hookroute drain
	kill "$server_pid"
	wait "$server_pid" || true
	rm "$HOOKTOOLS_STATE/seen"
	start_hookrecv
	send '{"n":1}' one
	[ "$status" -eq 200 ]
	[ "$(stored)" -eq 0 ]
}

@test "hookrecv: what was refused may come again" {
	add_hook github
	start_hookrecv
	send '{"n":' one
	[ "$status" -eq 400 ]
	send '{"n":1}' one
	[ "$status" -eq 202 ]
}

# statuses FILE: how many of which.
statuses() { sort "$1" | uniq -c | tr -s ' ' | tr '\n' ';'; }

# bats test_tags=FX_2
@test "hookrecv: 50 copies at once, on two servers, are one event" {
	add_hook github
	start_hookrecv
	first=$server_url
	start_hookrecv
	printf '{"n":1}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body" one
	for _ in {1..25}; do printf '%s\n' "$first" "$server_url"; done |
		xargs -P 16 -I{} curl -sS -o /dev/null -w '%{http_code}\n' -H "@$BATS_TEST_TMPDIR/body.head" \
			--data-binary "@$BATS_TEST_TMPDIR/body" "{}/hook/$hook" >"$BATS_TEST_TMPDIR/statuses"
	statuses "$BATS_TEST_TMPDIR/statuses"
	[ "$(stored)" -eq 1 ]
	# 503: the other server is about to store it, so that nobody can promise it yet.
	[ "$(grep -cE '^(200|202|503)$' "$BATS_TEST_TMPDIR/statuses")" -eq 50 ]
	[ "$(grep -c '^202$' "$BATS_TEST_TMPDIR/statuses")" -ge 1 ]
	send '{"n":1}' one
	[ "$status" -eq 200 ]
}
