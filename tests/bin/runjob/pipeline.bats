load ../../helper

run_id=${job_ids}000000000001

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo fifo
}

has_state() {
	[ "$(runjob show "$1" | jq -r .state)" = "$2" ]
}

log_has() {
	runjob tail "$1" | grep -q "$2"
}

# start TASKS: a pipeline with run_id.
start() {
	run -0 runjob start - <<<'{"id":"'"$run_id"'","pipeline":"demo","repository":"acme/site","tasks":['"$1"']}'
	[ "$(jq .ok <<<"$output")" = true ]
}

states() {
	runjob list | jq -r '.name + " " + .state' | sort
}

# bats test_tags=FX_16
@test "runjob pipeline: tasks run when what they need came true, others are skipped" {
	start "$(tr -d '\n\t' <<<'{"id":"build","exec":["true"]},
		{"id":"test","exec":["false"],"needs":{"build":"success"}},
		{"id":"ship","exec":["true"],"needs":{"test":"success"}},
		{"id":"alarm","exec":["true"],"needs":{"test":"failure"}},
		{"id":"tidy","exec":["true"],"needs":{"ship":"any","alarm":"any"}}')"
	run -1 runjob wait "$run_id"
	diff - <(states) <<'EOF'
demo failed
demo/alarm ok
demo/build ok
demo/test failed
demo/tidy ok
EOF
	run -0 runjob tail "$run_id"
	[ "$(grep -c '^ship: skipped$' <<<"$output")" -eq 1 ]
	[ "${lines[-1]}" = "tidy: ok" ]
}

@test "runjob pipeline: tasks that need nothing of each other run at the same time" {
	start '{"id":"a","exec":["sh","-c","echo x >'"$BATS_TEST_TMPDIR"'/fifo"]},{"id":"b","exec":["sh","-c","read -r x <'"$BATS_TEST_TMPDIR"'/fifo"]}'
	run -0 runjob wait "$run_id"
	diff - <(states) <<'EOF'
demo ok
demo/a ok
demo/b ok
EOF
}

@test "runjob pipeline: one slot is enough for it" {
	HOOKTOOLS_JOBS_MAX=1 start '{"id":"a","exec":["true"]},{"id":"b","exec":["true"]},{"id":"c","exec":["true"],"needs":{"a":"any","b":"any"}}'
	run -0 runjob wait "$run_id"
	[ "$(states | grep -c ok)" -eq 4 ]
}

@test "runjob pipeline: stopping it stops its tasks" {
	local how
	for how in "" no; do
		rm -rf "$HOOKTOOLS_STATE/jobs"
		HOOKTOOLS_CGROUP=$how start '{"id":"long","exec":["sh","-c","read -r x <'"$BATS_TEST_TMPDIR"'/fifo"]},{"id":"then","exec":["true"],"needs":{"long":"any"}}'
		wait_until log_has "$run_id" '^long: running'
		run -0 runjob stop "$run_id"
		diff - <(states) <<'EOF'
demo cancelled
demo/long cancelled
EOF
	done
}

@test "runjob pipeline: what is wrong is refused before anything runs" {
	local line
	while read -r line; do
		run -0 runjob start - <<<"$line"
		[ "$(jq -r .error.kind <<<"$output")" = permanent ]
	done <<'EOF'
{"pipeline":"x"}
{"pipeline":"x","tasks":[]}
{"pipeline":"x","tasks":[{"id":"a","exec":["true"],"needs":{"b":"success"}}]}
{"pipeline":"x","tasks":[{"id":"a","exec":["true"],"needs":{"a":"success"}}]}
{"pipeline":"x","tasks":[{"id":"a","exec":["true"],"frob":1}]}
{"pipeline":"x","payload":{},"tasks":[{"id":"a","exec":["true"]}]}
{"pipeline":"x","tasks":[{"id":"a","exec":["true"],"owner":"0000000000000000000000000000000000000000000000000000000000000000"}]}
{"pipeline":"x","group":"/","tasks":[{"id":"a","exec":["true"]}]}
{"pipeline":"x","dir":"here","tasks":[{"id":"a","exec":["true"]}]}
{"pipeline":"x","parameters":{"A":1},"tasks":[{"id":"a","exec":["true"]}]}
EOF
	[ -z "$(runjob list)" ]
}

@test "runjob pipeline: the same id twice runs once" {
	start '{"id":"a","exec":["sh","-c","echo x >>'"$BATS_TEST_TMPDIR"'/runs"]}'
	run -0 runjob wait "$run_id"
	start '{"id":"a","exec":["sh","-c","echo x >>'"$BATS_TEST_TMPDIR"'/runs"]}'
	[ "$(jq .duplicate <<<"$output")" = true ]
	[ "$(wc -l <runs)" -eq 1 ]
}

# specification ID MEMBERS: its one task ends when something is written to the fifo.
specification() {
	printf '{"id":"%s","pipeline":"demo"%s,"tasks":[{"id":"a","exec":["sh","-c","read -r x <fifo"]}]}\n' "$1" "$2"
}

# bats test_tags=FX_4
@test "runjob pipeline: the whole of it takes one place in its group" {
	local second=${job_ids}000000000002 third=${job_ids}000000000003
	local members=',"group":"site","dir":"'$BATS_TEST_TMPDIR'","parameters":{"A":"b"},"env":{"C":"d"},"hops":2'
	run -0 runjob start - < <(specification "$run_id" "$members")
	wait_until log_has "$run_id" '^a: running'
	run -0 runjob start - < <(specification "$second" "$members"',"busy":"reject"' && specification "$third" "$members")
	[[ ${lines[0]} == *"group 'site' is busy"* ]]
	has_state "$third" queued
	[ "$(runjob queue site | jq -r ".id + \" \" + .waits_for")" = "$third group" ]
	echo >fifo
	run -0 runjob wait "$run_id"
	wait_until log_has "$third" '^a: running'
	echo >fifo
	run -0 runjob wait "$third"
	[ "$(runjob list | jq -r 'select(.name == "demo/a") | .id' | head -n 1 | xargs runjob env | grep -E "^(PARAM_A|C)=" | sort | paste -sd" ")" = "C=d PARAM_A=b" ]
	run -0 runjob again "$run_id"
	HOOKTOOLS_JOBS_MAX=1 wait_until log_has "$output" '^a: running'
	echo >fifo
	run -0 runjob wait "$output"
}

# bats test_tags=F2_19,F3_7
@test "runjob pipeline: its tasks are its owner's, and the longest time is for all of it" {
	local owner state
	owner=$(printf 'ab%.0s' {1..32})
	run -0 env HOOKTOOLS_MAX_TIME=700ms runjob start --owner "$owner" - < <(specification "$run_id" ',"dir":"'"$BATS_TEST_TMPDIR"'"')
	run -124 runjob wait --owner "$owner" "$run_id"
	[ -z "$(runjob list)" ]
	state=$(runjob list --owner "$owner" | jq -r 'select(.name == "demo/a").state')
	[ "$state" = cancelled ] || [ "$state" = timeout ]
}
