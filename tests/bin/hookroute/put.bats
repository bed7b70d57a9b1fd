load ../../helper
load helper

@test "hookroute put: events go into the spool as they are, and their ids are printed" {
	event 1 push '{"big":12345678901234567890, "gap" : 1}' >"$BATS_TEST_TMPDIR/events"
	event 2 tag >>"$BATS_TEST_TMPDIR/events"
	run -0 --separate-stderr hookroute put <"$BATS_TEST_TMPDIR/events"
	[ "$output" = "$(id 1)
$(id 2)" ]
	cat "$spool"/new/* | diff "$BATS_TEST_TMPDIR/events" -
	[ "$(files tmp)" -eq 0 ]
	[ "$(stat -c %a "$spool" "$spool"/new "$spool"/new/* | sort -u)" = '600
700' ]
}

@test "hookroute put: bare payloads become events" {
	run -0 --separate-stderr hookroute put --event nightly --name acme/site --hook "$(id 9)" \
		< <(printf '{"n": 12345678901234567890}\n[1]\n')
	[ "${#lines[@]}" -eq 2 ]
	cat "$spool"/new/* >"$BATS_TEST_TMPDIR/events"
	[ "$(jq -r .id "$BATS_TEST_TMPDIR/events")" = "$output" ]
	jq -se 'all(.event == "nightly" and .name == "acme/site" and .provider == "hooktools" and
		.hook == "'"$(id 9)"'" and .remote == null and .headers == {} and .delivery == .id and
		(.received_at | test("^20..-..-..T..:..:..[.]...Z$")))' "$BATS_TEST_TMPDIR/events"
	grep -q '"payload":{"n": 12345678901234567890}}$' "$BATS_TEST_TMPDIR/events"
	run -0 hookroute put --event nightly <<<1
	jq -e 'select(.payload == 1) | .name == null and .hook == null' "$spool/new/$output"
}

@test "hookroute put: ids grow, so names sort by time" {
	run -0 hookroute put --event e < <(yes 1 | head -n 3000)
	sort -uc <<<"$output"
	[ "${#lines[@]}" -eq 3000 ]
	[ "$(files new)" -lt 20 ]
	[ "$(cat "$spool"/new/* | wc -l)" -eq 3000 ]
}

@test "hookroute put: bad lines are said and left out, the others go on" {
	run -65 --separate-stderr hookroute put < <(
		event 1
		echo '{"id":'
		echo '{"event":"push","payload":1}'
		echo '{"id":"7","event":"push","payload":1}'
		echo '{"id":"'"$(id 3)"'","payload":1}'
		echo '{"id":"'"$(id 3)"'","event":"push"}'
		echo
		event 2
	)
	[ "$output" = "$(id 1)
$(id 2)" ]
	for n in 2 3 4 5 6; do
		[[ $stderr == *"line $n: "* ]]
	done
	[[ $stderr != *'line 7: '* ]]
	[[ $stderr == *'5 of the lines were left out'* ]]
	[ "$(cat "$spool"/new/* | wc -l)" -eq 2 ]
}

@test "hookroute put: a last line without its break counts" {
	run -0 --separate-stderr hookroute put < <(printf '%s' "$(event 1)")
	[ "$output" = "$(id 1)" ]
	[ "$(cat "$spool"/new/* | wc -l)" -eq 1 ]
}

@test "hookroute put: what has come is durable before more comes" {
	mkfifo "$BATS_TEST_TMPDIR/in"
	hookroute put <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	exec 7>"$BATS_TEST_TMPDIR/in"
	event 1 >&7
	wait_until grep -q "$(id 1)" "$BATS_TEST_TMPDIR/out"
	[ "$(files new)" -eq 1 ]
	event 2 >&7
	wait_until grep -q "$(id 2)" "$BATS_TEST_TMPDIR/out"
	[ "$(files new)" -eq 2 ]
	exec 7>&-
	wait $!
}

@test "hookroute put: nothing is printed that is not in the spool" {
	mkdir -p "$spool/new"
	chmod 500 "$spool/new"
	if [ -w "$spool/new" ]; then
		rm -r "$spool/new"
		echo >"$spool/new"
	fi
	run ! --separate-stderr hookroute put < <(event 1)
	[ -z "$output" ]
	[ -n "$stderr" ]
}

@test "hookroute put: no input is no event" {
	run -0 --separate-stderr hookroute put </dev/null
	[ -z "$output" ]
	[ "$(files new)" -eq 0 ]
}
