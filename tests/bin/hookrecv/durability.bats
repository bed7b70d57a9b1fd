load ../../helper
load helper

# 202 means: it is on the disk.

teardown() {
	stop_servers
	rm -f "$BATS_TEST_TMPDIR/full"
}

# prepare COUNT: bodies and headers 1 to COUNT.
prepare() {
	local i
	for ((i = 1; i <= $1; i++)); do
		printf '{"n":%d}' "$i" >"$BATS_TEST_TMPDIR/body.$i"
		sign "$BATS_TEST_TMPDIR/body.$i" "delivery-$i"
	done
}

# send_all COUNT PARALLEL: prints "STATUS N" for each; a connection that broke is 000.
send_all() {
	seq 1 "$1" | xargs -P "$2" -I{} curl -s -o /dev/null -w '%{http_code} {}\n' \
		-H "@$BATS_TEST_TMPDIR/body.{}.head" --data-binary "@$BATS_TEST_TMPDIR/body.{}" \
		"$server_url/hook/$hook" || true
}

at_least() { [ "$(wc -l <"$1")" -ge "$2" ]; }

# Every number that was answered 202 is in the spool, each file is whole, none is twice.
check_accepted() {
	sed -n 's/^202 //p' "$BATS_TEST_TMPDIR/statuses" | sort >"$BATS_TEST_TMPDIR/accepted"
	cat "$HOOKTOOLS_STATE"/spool/new/* >"$BATS_TEST_TMPDIR/events"
	jq -r .payload.n "$BATS_TEST_TMPDIR/events" | sort >"$BATS_TEST_TMPDIR/stored"
	[ -z "$(uniq -d "$BATS_TEST_TMPDIR/stored")" ]
	[ -z "$(comm -23 "$BATS_TEST_TMPDIR/accepted" "$BATS_TEST_TMPDIR/stored")" ]
}

# bats test_tags=FX_2
@test "hookrecv: kill -9 while deliveries come loses nothing that was answered" {
	add_hook github
	start_hookrecv
	prepare 300
	send_all 300 16 >"$BATS_TEST_TMPDIR/statuses" 3>&- &
	sender=$!
	wait_until at_least "$BATS_TEST_TMPDIR/statuses" 60
	kill -KILL "$server_pid"
	wait "$sender"
	[ "$(grep -c '^202' "$BATS_TEST_TMPDIR/statuses")" -ge 40 ]
	check_accepted
}

# bats test_tags=FX_2
@test "hookrecv: SIGTERM while deliveries come answers what it has stored" {
	add_hook github
	start_hookrecv
	prepare 300
	send_all 300 16 >"$BATS_TEST_TMPDIR/statuses" 3>&- &
	sender=$!
	wait_until at_least "$BATS_TEST_TMPDIR/statuses" 60
	kill -TERM "$server_pid"
	wait "$server_pid"
	wait "$sender"
	check_accepted
	diff "$BATS_TEST_TMPDIR/accepted" "$BATS_TEST_TMPDIR/stored"
	[ -z "$(find "$HOOKTOOLS_STATE/spool/tmp" -type f)" ]
}

@test "hookrecv: events of one moment share a file and its syncs" {
	add_hook github
	start_hookrecv
	prepare 200
	send_all 200 32 >"$BATS_TEST_TMPDIR/statuses"
	check_accepted
	[ "$(stored)" -eq 200 ]
	[ "$(find "$HOOKTOOLS_STATE/spool/new" -type f | wc -l)" -lt 200 ]
	for file in "$HOOKTOOLS_STATE"/spool/new/*; do
		[ "$(head -n 1 "$file" | jq -r .id)" = "$(basename "$file")" ]
	done
}

# bats test_tags=FX_28
@test "hookrecv: a file that cannot grow is 503 with Retry-After, and nothing half-written stays" {
	add_hook github
	{
		printf '{"a":"'
		head -c 400000 /dev/zero | tr '\0' x
		printf '"}'
	} >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	start_hookrecv
	stop_servers
	# A file may be 256 KB: the small is stored, the large is not.
	start_server "$BATS_TEST_TMPDIR/log" bash -c 'ulimit -f 256; trap "" XFSZ; exec "$@"' _ hookrecv -l 127.0.0.1:0
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 503 ]
	grep -qi '^Retry-After: [0-9]' "$BATS_TEST_TMPDIR/answer.head"
	[ "$(code)" = unavailable ]
	nothing_stored
	send '{}' small
	[ "$status" -eq 202 ]
	stop_servers
	start_hookrecv
	head -c 400000 /dev/zero | tr '\0' x | sed 's/.*/{"a":"&"}/' >"$BATS_TEST_TMPDIR/large"
	sign "$BATS_TEST_TMPDIR/large"
	post "$BATS_TEST_TMPDIR/large"
	[ "$status" -eq 202 ]
}

@test "hookrecv: a spool that is gone is 503, and the server lives on" {
	add_hook github
	start_hookrecv
	mv "$HOOKTOOLS_STATE/spool" "$BATS_TEST_TMPDIR/away"
	rmdir "$BATS_TEST_TMPDIR/away/new"
	send '{}' one
	[ "$status" -eq 503 ]
	grep -q 'one\|spool' "$BATS_TEST_TMPDIR/log"
	mkdir "$BATS_TEST_TMPDIR/away/new"
	mv "$BATS_TEST_TMPDIR/away" "$HOOKTOOLS_STATE/spool"
	stop_servers
	start_hookrecv
	send '{}' one
	[ "$status" -eq 202 ]
}

@test "hookrecv: what a killed server was writing is swept away after an hour" {
	add_hook github
	mkdir -p "$HOOKTOOLS_STATE/spool/tmp"
	old=01234567-89ab-7cde-8f01-23456789abcd
	: >"$HOOKTOOLS_STATE/spool/tmp/$old"
	start_hookrecv
	[ ! -e "$HOOKTOOLS_STATE/spool/tmp/$old" ]
}
