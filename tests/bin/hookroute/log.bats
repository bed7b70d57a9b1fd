load ../../helper
load helper

# Deliveries to x succeed, to y wait, to z are given up.
setup() {
	export HOOKTOOLS_RETRY=1h
	good_consumer x
	consumer y <<<'while read -r line; do fail temporary "not \u001b[31mnow"; done'
	consumer z <<<'while read -r line; do fail permanent never; done'
	route a '{to: "x", send: {n: 1}}, {to: "y", send: {n: 2}}, {to: "z", send: {n: 3}}'
	log=$spool/log
}

teardown() {
	[ -z "${follower:-}" ] || kill "$follower"
}

whats() {
	jq -r .what <<<"$output" | sort | xargs
}

# at DAY N WHAT: a line of that day about the Nth event.
at() {
	mkdir -p "$log"
	printf '{"at":"%sT12:00:00.000Z","what":"%s","id":"%s","name":"acme/site","event":"push"}\n' "$1" "$3" "$(id "$2")" >>"$log/$1"
}

# follows PID: it listens.
follows() {
	readlink "/proc/$1"/fd/* | grep -q inotify
}

# bats test_tags=F2_54
@test "hookroute log: what was done for an event, each delivery, try and reply, and when" {
	put 1 5
	run -0 hookroute drain
	run -0 --separate-stderr hookroute log "$(id 1)"
	[ "$(whats)" = "dead failed ok taken" ]
	jq -es 'all(.at > "2026" and .id == "'"$(id 1)"'" and .name == "acme/site" and .event == "push")' <<<"$output"
	jq -es 'map(select(.what == "ok"))[0] | .to == "x" and .route == "a.jq" and .try == 1 and .ms >= 0' <<<"$output"
	jq -es 'map(select(.what == "failed"))[0] | .to == "y" and .message == "not \u001b[31mnow" and .delivery_id == "'"$(delivery 1 a.jq 1)"'"' <<<"$output"
	jq -es 'map(select(.what == "dead"))[0] | .to == "z" and .message == "never"' <<<"$output"
	jq -es 'map(select(.what == "failed"))[0].due_at > "2026"' <<<"$output"
	run -0 --separate-stderr hookroute log
	[ "$(jq -r .id <<<"$output" | sort -u | wc -l)" -eq 2 ]
}

@test "hookroute log: for a terminal a line each, in which nothing moves the cursor" {
	put 1
	run -0 hookroute drain
	run -0 script -qec "hookroute log" /dev/null
	[[ $output == *"ok        $(id 1)  acme/site push  a.jq to x, try 1, "*" ms"* ]]
	[[ $output == *'to y, try 1, '*'not \u001b[31mnow'* ]]
	[[ $output != *$'\e'* ]]
}

# bats test_tags=F0_30,F2_61
@test "hookroute log: --follow prints what happens as it happens" {
	hookroute log --follow --to x >"$BATS_TEST_TMPDIR/out" 3>&- &
	follower=$!
	wait_until follows "$follower"
	put 1
	run -0 hookroute drain
	wait_until grep -q '"ok"' "$BATS_TEST_TMPDIR/out"
	put 5
	run -0 hookroute drain
	wait_until grep -q "$(id 5)" "$BATS_TEST_TMPDIR/out"
	[ "$(jq -r '[.what, .to] | @tsv' "$BATS_TEST_TMPDIR/out" | sort -u)" = "ok	x" ]
}

@test "hookroute log: --follow begins with the last lines, and goes on over midnight" {
	local i
	for i in {1..30}; do at 2026-11-01 "$i" ok; done
	hookroute log -f >"$BATS_TEST_TMPDIR/out" 3>&- &
	follower=$!
	wait_until grep -q "$(id 30)" "$BATS_TEST_TMPDIR/out"
	[ "$(jq -r .id "$BATS_TEST_TMPDIR/out" | head -n 1)" = "$(id 21)" ]
	at 2026-11-02 31 ok
	wait_until grep -q "$(id 31)" "$BATS_TEST_TMPDIR/out"
	# Who was late writes to yesterday's.
	at 2026-11-01 32 ok
	wait_until grep -q "$(id 32)" "$BATS_TEST_TMPDIR/out"
	at 2026-11-02 33 ok
	wait_until grep -q "$(id 33)" "$BATS_TEST_TMPDIR/out"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 13 ]
}

@test "hookroute log: from a time, to a time, so many" {
	local i
	for i in {1..9}; do at "2026-11-0$i" "$i" ok; done
	run -0 hookroute log --since 2026-11-03 --until 2026-11-06T00:00:00Z
	[ "$(jq -r .at <<<"$output" | cut -dT -f1 | xargs)" = "2026-11-03 2026-11-04 2026-11-05" ]
	run -0 hookroute log --limit 2
	[ "$(jq -r .at <<<"$output" | cut -dT -f1 | xargs)" = "2026-11-08 2026-11-09" ]
	run -0 hookroute log --since 2026-11-03 --limit 2
	[ "$(jq -r .at <<<"$output" | cut -dT -f1 | xargs)" = "2026-11-03 2026-11-04" ]
	run -0 hookroute log --after "$(id 7)" --limit 1
	[ "$(jq -r .id <<<"$output")" = "$(id 8)" ]
	run -64 --separate-stderr hookroute log --since yesterday
	[ "$stderr" = "hookroute: --since wants 2d (ago), 2026-11-20 or 2026-11-20T23:45:00Z, not 'yesterday'" ]
	run -64 --separate-stderr hookroute log nonsense
}

@test "hookroute log: only of a repository, a kind, a route, a consumer" {
	put 1
	event 5 release | sed 's,acme/site,acme/app,' | hookroute put
	run -0 hookroute drain
	run -0 hookroute log --name 'acme/a*'
	[ "$(jq -r .id <<<"$output" | sort -u)" = "$(id 5)" ]
	run -0 hookroute log --event push --to z
	[ "$(jq -r '[.id, .what] | @tsv' <<<"$output")" = "$(id 1)	dead" ]
	run -0 hookroute log --route b.jq
	[ -z "$output" ]
}

@test "hookroute log: half a line, left by who was killed, costs only itself" {
	at 2026-11-01 1 ok
	put 2
	run -0 hookroute drain
	today=$(find "$log" -type f -printf '%f\n' | sort | tail -n 1)
	printf '{"at":"2026-11-01T12:00:01.000Z","what":"ok","id":"%s' "$(id 3)" >>"$log/$today"
	put 6
	run -0 hookroute drain
	run -0 --separate-stderr hookroute log
	[ -z "$stderr" ]
	[ "$(jq -r .id <<<"$output" | sort -u)" = "$(id 1)
$(id 2)
$(id 6)" ]
}

@test "hookroute log: several routers at once do not mix their lines" {
	good_consumer y
	good_consumer z
	local i pids=()
	for i in {1..400}; do event $((i * 16)); done >"$BATS_TEST_TMPDIR/events"
	split -n l/40 "$BATS_TEST_TMPDIR/events" "$BATS_TEST_TMPDIR/part."
	for i in "$BATS_TEST_TMPDIR"/part.*; do hookroute put <"$i" >/dev/null; done
	for i in 1 2 3; do
		hookroute drain 2>/dev/null 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	[ "$(jq -r 'select(.what == "ok") | [.id, .to] | @tsv' "$log"/* | sort -u | wc -l)" -eq 1200 ]
	[ "$(jq -c . "$log"/* | wc -l)" -eq "$(cat "$log"/* | wc -l)" ]
}

@test "hookroute log: a log that cannot be written stops nothing" {
	mkdir -p "$log"
	mkdir "$log/$(date -u +%F)"
	put 1
	run -0 --separate-stderr hookroute drain
	[[ $stderr == *"open 'log/"*"; going on without it"* ]]
	[ -n "$(got x)" ]
}

@test "hookroute log: a log that cannot be opened stops nothing, either" {
	mkdir -p "$spool"
	echo >"$log"
	put 1
	run -0 --separate-stderr hookroute drain
	[[ $stderr == *"open the event log"*"; going on without it"* ]]
	[ -n "$(got x)" ]
}
