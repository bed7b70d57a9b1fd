load ../../helper

# What a machine without controllers of cgroups promises; CI's has them, of version 1 or 2.
limited() {
	runjob run --memory 512M --pids 100 --cpu 4 true || skip "no controllers of cgroups here"
}

of() {
	runjob show "$1" | jq -r "$2"
}

only_job() {
	runjob list --limit 1 | jq -r .id
}

is_paused() {
	[ "$(of "$1" '.paused_at != null')" = "$2" ]
}

# cpu_of PID: what a process has used, in ticks.
cpu_of() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo fifo
}

# A shell that eats memory in a child, and would go on without it.
eater="dd if=/dev/zero of=/dev/null bs=96M count=1; exit \$?"

# bats test_tags=F2_46,FX_14
@test "runjob: out of memory is told from a kill, the job's limit from its owner's" {
	limited
	run -137 --separate-stderr runjob run --memory 32M -- sh -c "$eater"
	[[ $stderr == "runjob: oom: out of memory: the job's limit of 33554432 bytes, it had 335"* ]]
	run -0 of "$(only_job)" '"\(.state) \(.oom_of) \(.oom_limit) \(.oom_kills > 0)"'
	[ "$output" = "oom job 33554432 true" ]
	if [ -r /dev/kmsg ]; then [[ $(of "$(only_job)" .oom_killed) == *"dd ("*")"* ]]; fi
	HOOKTOOLS_OWNER_MEMORY=40M run -137 --separate-stderr runjob run --memory 200M -- sh -c "$eater"
	[[ $stderr == "runjob: oom: out of memory: the owner's limit of 41943040 bytes, "* ]]
	run -137 --separate-stderr runjob run --memory 200M -- sh -c 'kill -KILL $$'
	[ "$stderr" = "runjob: failed: killed by signal 9 (KILL)" ]
	[ "$(of "$(only_job)" .oom_of)" = null ]
	HOOKTOOLS_OWNER_PIDS=many run -1 --separate-stderr runjob run true
	[ "$stderr" = "runjob: failed: HOOKTOOLS_OWNER_PIDS: 'many' is no number from 1 to 4194304" ]
}

# fails_for_memory MOST: it needs 40 MB; the limits that it was given in turn are in $tries.
fails_for_memory() {
	run -137 runjob run --memory 12M --retry 2 --retry-delay 10ms --retry-memory 1.5x --retry-memory-max "$1" -- \
		dd if=/dev/zero of=/dev/null bs=40M count=1
	tries=$(jq -c '[.state, .oom_limit]' "$HOOKTOOLS_STATE"/jobs/*/"$(only_job)"/{attempts,status.json} | paste -sd' ')
}

# bats test_tags=F2_46,FX_4
@test "runjob run --retry-memory: out of memory, it is begun again with more, up to the most" {
	limited
	run -0 runjob run --memory 16M --retry 3 --retry-delay 10ms --retry-on oom --retry-memory 2x --retry-memory-max 56M -- \
		dd if=/dev/zero of=/dev/null bs=40M count=1
	[ "$(of "$(only_job)" '"\(.state) \(.attempts) \(.memory_limit)"')" = "ok 3 58720256" ]
	[ "$(runjob usage --json "$(only_job)" | jq .memory_limit)" -eq 58720256 ]
	diff <(printf '%s\n' '["oom",16777216]' '["oom",33554432]') \
		<(jq -c '[.state, .oom_limit]' "$HOOKTOOLS_STATE"/jobs/*/"$(only_job)"/attempts)
	# Not above the most, and not less than it had.
	fails_for_memory 16M
	[ "$tries" = '["oom",12582912] ["oom",16777216] ["oom",16777216]' ]
	fails_for_memory 8M
	[ "$tries" = '["oom",12582912] ["oom",12582912] ["oom",12582912]' ]
	# By other causes it is not begun again, and who fails otherwise gets no more.
	run -137 runjob run --memory 16M --retry 3 --retry-on failed,lost --retry-memory 2x -- dd if=/dev/zero of=/dev/null bs=40M count=1
	[ "$(of "$(only_job)" '"\(.state) \(.attempts)"')" = "oom 1" ]
	run -1 runjob run --memory 16M --retry 1 --retry-delay 10ms --retry-memory 2x -- false
	[ "$(of "$(only_job)" '"\(.attempts) \(.memory_limit)"')" = "2 null" ]
}

@test "runjob run --retry-memory: a factor is above 1 and at most 100, with at most two places" {
	local factor
	for factor in 1.01 1.5x 2 100x; do
		run -0 runjob run --retry-memory "$factor" -- true
	done
	for factor in '' x 1 0.99x 100.01x 0002x 1.234x 2. 2.x .5x 2,5 2xx; do
		run -64 --separate-stderr runjob run --retry-memory "$factor" -- true
		[ "$stderr" = "runjob: option '--retry-memory': '$factor' is no factor as 2x or 1.5x" ]
	done
}

# bats test_tags=F2_46,FX_14
@test "runjob: a fork bomb stays at its limit, and the refused forks are counted" {
	limited
	# Debian's sh ends at the first fork that is refused.
	run -2 runjob run --pids 8 -- dash -c 'for i in 1 2 3 4 5 6 7 8 9 10 11; do cat <fifo & done'
	run -0 runjob usage "$(only_job)"
	[ "$(jq '.forks_refused > 0 and .pids_limit == 8 and (.pids_peak == null or .pids_peak <= 8)' <<<"$output")" = true ]
}

# bats test_tags=FX_12
@test "runjob: best-effort runs without a limit that cannot be applied, and says which" {
	export HOOKTOOLS_CGROUP=no
	run -1 --separate-stderr runjob run --pids 5 -- touch ran
	[[ $stderr == "runjob: failed: pids limit: no cgroup here has that controller; "*"--limits best-effort" ]]
	HOOKTOOLS_OWNER_PIDS=5 run -1 --separate-stderr runjob run --limits best-effort -- touch ran
	[[ $stderr == "runjob: failed: pids limit of its owner: no cgroup here has that controller; "* ]]
	[ ! -e ran ]
	run -0 runjob start - <<<'{"exec":["sh","-c","ulimit -v; ulimit -n"],"limits":{"pids":5,"memory":"256M","open_files":40,"enforce":"best-effort"}}'
	local id
	id=$(jq -r .id <<<"$output")
	run -0 runjob wait "$id"
	run -0 runjob tail "$id"
	[ "$output" = $'262144\n40' ]
	run -0 runjob show "$id"
	[ "$(jq -c '[.containment, .unenforced, .spec.limits.enforce]' <<<"$output")" = '["process-tree","memory,pids","best-effort"]' ]
	run -64 runjob run --limits some true
	run -64 runjob run --open-files 3 true
	# A disk there is not is an error, too.
	run -1 --separate-stderr runjob run --io-write 1M true
	[[ $stderr == "runjob: failed: io limit"* ]]
}

# pauses: in this containment a job stands still, with the clock of its timeout.
pauses() {
	local id pid before
	id=$(runjob start --timeout 60s --grace 100ms -- sh -c 'echo $$; while :; do :; done')
	wait_until test -s "$HOOKTOOLS_STATE"/jobs/*/"$id"/log
	pid=$(runjob tail "$id")
	run -0 runjob resume "$id"
	[ "$output" = "runjob: job '$id' is not paused" ]
	run -0 runjob pause "$id"
	[ -z "$output" ]
	is_paused "$id" true
	wait_until grep -qE '^State:.[TS]' "/proc/$pid/status"
	before=$(cpu_of "$pid")
	run -0 runjob pause "$id"
	[ "$output" = "runjob: job '$id' is paused already" ]
	run -0 runjob usage "$id"
	[ "$(jq -c '[.state, .paused]' <<<"$output")" = '["running",true]' ]
	[ "$(cpu_of "$pid")" -eq "$before" ]
	run -0 runjob resume "$id"
	is_paused "$id" false
	wait_until eval "[ \$(cpu_of $pid) -gt $before ]"
	run -0 runjob pause "$id"
	run -0 runjob stop "$id"
	run -0 runjob show "$id"
	[ "$(jq -c '[.state, .signal, .paused_at, .paused_ms > 0]' <<<"$output")" = '["cancelled",15,null,true]' ]
	run -1 runjob pause "$id"
	[ "$output" = "runjob: job '$id' has ended already: cancelled" ]
	[ ! -e "/proc/$pid" ]
}

# bats test_tags=FX_13
@test "runjob pause, resume: a job stands still, and one that is paused can be stopped" {
	pauses
	HOOKTOOLS_CGROUP=no pauses
}

@test "runjob pause: the timeout's clock stands still" {
	local id
	id=$(runjob start --timeout 400ms -- sh -c 'echo; read -r x <> fifo')
	wait_until test -s "$HOOKTOOLS_STATE"/jobs/*/"$id"/log
	run -0 runjob pause "$id"
	wait_until eval "[ \$(runjob usage $id | jq .paused_ms) -gt 500 ]"
	run -0 runjob resume "$id"
	run -124 runjob wait "$id"
	run -0 runjob usage "$id"
	[ "$(jq '.paused_ms > 500 and .wall_ms >= 350 and .wall_ms < 5000' <<<"$output")" = true ]
}

# bats test_tags=FX_14,F2_46
@test "runjob usage: a table for people, and JSON" {
	run -0 runjob run --timeout 5m --open-files 64 -- sh -c 'i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done'
	local id
	id=$(only_job)
	run -0 runjob usage --json "$id"
	[ "$(jq -c '[.state, .paused, .cpu_ms > 0, .memory_peak > 0, .wall_ms > 0, .waited_ms != null]' <<<"$output")" = '["ok",false,true,true,true,true]' ]
	run -0 script -qec "runjob usage $id" /dev/null
	[[ ${lines[0]} == *USED*PEAK*LIMIT*WAITED* && ${lines[1]} == time*s*300.000s* && ${lines[2]} == cpu* ]]
	run -64 runjob usage
}

@test "runjob: the example of bounds and pauses in the page" {
	limited
	local id
	id=$(runjob start --memory 2G --cpu 1.5 --pids 200 -- cat fifo)
	wait_until eval "[ \$(runjob show $id | jq -r .state) = running ]"
	run -0 runjob usage "$id"
	[ "$(jq -c '[.memory_limit, .cpu_limit_us, .pids_limit]' <<<"$output")" = '[2147483648,150000,200]' ]
	run -0 runjob pause "$id"
	run -0 runjob resume "$id"
	echo >fifo
	run -0 runjob wait "$id"
}

@test "runjob anchor: it starts the supervisors of those who ask, and ends their jobs when it ends" {
	local id ended=0
	runjob anchor 2>said 3>&- &
	local pid=$!
	wait_until test -S "$HOOKTOOLS_RUN/jobs.sock"
	GREETING=hello run -3 runjob run -e HOW=well -- sh -c 'echo "$HOW"; cat; exit 3' <<<"our input"
	[ "$output" = $'well\nour input' ]
	id=$(runjob start -- cat fifo)
	wait_until eval "[ \$(runjob show $id | jq -r .state) = running ]"
	[ "$(awk '{ print $4 }' "/proc/$(cat "$HOOKTOOLS_STATE"/jobs/*/"$id"/lock)/stat")" -eq "$pid" ]
	run -78 runjob anchor
	[ "$output" = "runjob: somebody listens at '$HOOKTOOLS_RUN/jobs.sock' already" ]
	kill -TERM "$pid"
	wait "$pid" || ended=$?
	[ "$ended" -eq 0 ]
	[ ! -s said ]
	[ "$(of "$id" .state)" = cancelled ]
	run -0 runjob run true
}
