load ../../helper

teardown() {
	stop_servers
}

@test "runjob again, diff: a job once more, told in both, and what differs between two" {
	cd "$BATS_TEST_TMPDIR" || return
	# shellcheck disable=SC2016 # for the job's shell
	run -0 runjob start - <<<'{"id":"'"$job_ids"'000000000001","exec":["sh","-c","cat; echo \"$A\"; exit 3"],"stdin":"in","env":{"A":"1"}}'
	first=${job_ids}000000000001
	run -3 runjob wait "$first"
	run -0 runjob again "$first"
	second=$output
	[ "$second" != "$first" ]
	run -3 runjob wait "$second"
	[ "$(runjob tail "$second")" = in1 ]
	[ "$(runjob show "$second" | jq -r .spec.again)" = "$first" ]
	[ "$(cat "$HOOKTOOLS_STATE"/jobs/*/"$first/again")" = "$second" ]
	# The same in all that counts; but how much it used may differ.
	run runjob diff --json "$first" "$second"
	[ "$status" -le 1 ]
	run ! grep -vE '^$|"what":"status\.[a-z_]*(ms|bytes|peak)"' <<<"$output"
	run -1 --separate-stderr runjob again "01a00000-0000-7000-8000-000000000009"
	run -64 --separate-stderr runjob again
	third=$(runjob start -e A=2 -e B=1 --timeout 1m -- true)
	run -0 runjob wait "$third"
	run -1 runjob diff "$first" "$third"
	grep -qx 'spec.timeout: null -> "60000ms"' <<<"$output"
	grep -qx 'spec.env.A: "1" -> "2"' <<<"$output"
	grep -qx 'environment.B: null -> true' <<<"$output"
	grep -qx 'status.exit_code: 3 -> 0' <<<"$output"
	grep -qx 'log_bytes: 4 -> 0' <<<"$output"
	grep -q '^spec.exec: \["sh"' <<<"$output"
	run -0 runjob diff "$third" "$third"
	[ -z "$output" ]
	run -64 --separate-stderr runjob diff "$first"
}

@test "runjob list: since a time, or so long ago" {
	runjob run true
	run -0 runjob list --since 1h
	[ "${#lines[@]}" -eq 1 ]
	run -0 runjob list --since "$(jq -r .created_at <<<"$output")"
	[ "${#lines[@]}" -eq 1 ]
	run -0 runjob list --since 2100-01-01T00:00:00.000Z
	[ -z "$output" ]
	run -64 --separate-stderr runjob list --since yesterday
	[[ "$stderr" == *"--since"*"yesterday"* ]]
}

@test "runjob results: each job that ended, once, in order, for those who come late and those who wait" {
	first=$(runjob start -n one -- false)
	run -1 runjob wait "$first"
	runjob results -f >"$BATS_TEST_TMPDIR/seen" 3>&- &
	follower=$!
	echo "$follower" >>"$BATS_TEST_TMPDIR/servers"
	runjob run -n two true
	seen() { [ "$(grep -v filler "$BATS_TEST_TMPDIR/seen" | jq -r '[.name, .state] | join(" ")' | tr '\n' ' ')" = "$1" ]; }
	wait_until seen "one failed two ok "
	# The file is put away when it is large, and who reads it loses no line.
	results=$(echo "$HOOKTOOLS_STATE"/jobs/*/.results)
	{
		printf '{"id":"filler","pad":"'
		head -c 33M /dev/zero | tr '\0' x
		printf '"}\n'
	} >>"$results"
	run -0 runjob run -n three true
	wait_until seen "one failed two ok three ok "
	kill "$follower"
	wait "$follower" || true
	[ -e "$results.old" ]
	[ "$(tail -n 1 "$results" | jq -r .name)" = three ]
	rm "$results.old"
	run -0 runjob results
	[ "$(jq -r .name <<<"$output")" = three ]
	id=$(jq -r .id <<<"$output")
	runjob run -n four true
	run -0 runjob results --after "$id"
	[ "$(jq -r .name <<<"$output")" = four ]
	run -1 --separate-stderr runjob results --after "$first"
	[[ "$stderr" == *"$first"* ]]
	run -0 runjob prune --keep 0
	run -0 runjob results
	[ "${#lines[@]}" -eq 2 ]
}
