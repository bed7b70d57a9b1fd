load ../../helper

# With and without a cgroup: the tests that say "both" run in each containment.
in_tree() {
	HOOKTOOLS_CGROUP=no "$@"
}

state_of() {
	runjob show "$1" | jq -r .state
}

has_state() {
	[ "$(state_of "$1")" = "$2" ]
}

only_job() {
	runjob list | jq -r .id
}

# gone PID-FILE: the process named in it has ended; one that nobody has reaped yet has, too.
gone() {
	local pid
	pid=$(cat "$1")
	[ -n "$pid" ] && ! grep -qs '^State:.[^ZX]' "/proc/$pid/status"
}

# A job whose grandchild daemonises (own session, double fork) and ignores SIGTERM.
daemons="setsid sh -c 'trap \"\" TERM; (echo \$\$ >daemon; while :; do read -r x <>fifo; done) &' & \
	echo ready; while :; do read -r x <>fifo; done"

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo fifo
}

@test "runjob run: the exit status is passed on, output is streamed" {
	run -3 --separate-stderr runjob run -- sh -c 'echo out; echo err >&2; exit 3'
	[ "$output" = $'out\nerr' ]
	[ -z "$stderr" ]
	run -0 runjob run true
}

@test "runjob run: a signal is 128 + its number" {
	run -137 --separate-stderr runjob run -- sh -c 'kill -KILL $$'
	[ "$stderr" = "runjob: failed: killed by signal 9 (KILL)" ]
	has_state "$(only_job)" failed
	[ "$(runjob list | jq .signal)" -eq 9 ]
}

# bats test_tags=F2_35
@test "runjob run: a timeout is 124 and takes the whole tree" {
	run -124 runjob run --timeout 100ms --grace 100ms -- sh -c "$daemons"
	has_state "$(only_job)" timeout
	gone daemon
}

@test "runjob run: without a cgroup a timeout takes the whole tree, too" {
	run -124 in_tree runjob run --timeout 200ms --grace 100ms -- sh -c "$daemons"
	[ "$(runjob list | jq -r .containment)" = process-tree ]
	gone daemon
}

@test "runjob run: what the leader leaves behind ends with it" {
	run -0 runjob run -- sh -c 'setsid sh -c "echo \$\$ >daemon; read -r x <>fifo" & until [ -s daemon ]; do :; done'
	gone daemon
	run -0 in_tree runjob run -- sh -c 'rm daemon; setsid sh -c "echo \$\$ >daemon; read -r x <>fifo" & until [ -s daemon ]; do :; done'
	gone daemon
}

@test "runjob run: a program that is not there is 127, one that cannot run 126" {
	run -127 --separate-stderr runjob run /no/such/program
	[ "$stderr" = "runjob: failed: execute '/no/such/program': No such file or directory" ]
	run -126 runjob run /dev/null
}

@test "runjob run: stdin reaches the job byte for byte" {
	head -c 100000 /dev/urandom >input
	runjob run sha256sum <input >got
	sha256sum <input | diff - got
}

@test "runjob run: binary output passes unchanged" {
	head -c 300000 /dev/urandom >input
	runjob run -- cat input >got
	cmp input got
}

# bats test_tags=FX_12
@test "runjob run: the job is born inside its cgroup" {
	run -0 runjob run -- sh -c 'grep ^0:: /proc/self/cgroup; echo $HOOKTOOLS_JOB_ID'
	if [ "$(runjob list | jq -r .containment)" != cgroup ]; then skip "no cgroup v2 here"; fi
	[[ ${lines[0]} == "0::"*"/hooktools/$(runjob list | jq -r .owner)/${lines[1]}" ]]
}

# bats test_tags=FX_12
@test "runjob run: a limit that cannot be applied is an error and the job does not run" {
	run -1 --separate-stderr in_tree runjob run --memory 64M -- touch ran
	[ "$stderr" = "runjob: failed: memory limit: no cgroup here has that controller; delegate it (systemd: Delegate=yes) or name a cgroup with HOOKTOOLS_CGROUP, or relax it by --limits best-effort" ]
	[ ! -e ran ]
}

@test "runjob run: the environment is clean but for what is asked for" {
	LEAK=1 run -0 runjob run -e GREETING='hello there' -- env
	[[ $output == *"GREETING=hello there"* ]]
	[[ $output == *HOOKTOOLS_JOB_ID=* ]]
	[[ $output == *PATH=* ]]
	[[ $output != *LEAK* ]]
}

@test "runjob run: -d is where it runs" {
	run -0 runjob run -d / pwd
	[ "$output" = / ]
	run -0 runjob run pwd
	[ "$output" = "$(pwd -P)" ]
}

@test "runjob run: a secret is in the environment only" {
	run -0 tokenmint vault init
	printf 'hush-%s' 4711 | tokenmint vault put global/DEPLOY --file -
	run -0 runjob run --secret DEPLOY=global/DEPLOY -- sh -c 'test "$DEPLOY" = "hush-$1"' sh 4711
	run -1 grep -rs hush-4711 "$HOOKTOOLS_STATE/jobs"
	run -0 runjob show "$(only_job)"
	[ "$(jq -r .spec.secrets.DEPLOY <<<"$output")" = global/DEPLOY ]
}

@test "runjob run: a secret that is not there fails the job before it runs" {
	run -0 tokenmint vault init
	run -1 --separate-stderr runjob run --secret X=global/NOT_THERE -- touch ran
	[[ $stderr == "runjob: failed: secret 'global/NOT_THERE': "* ]]
	[ ! -e ran ]
}

@test "runjob run: a signal stops the job, all of it" {
	runjob run --grace 100ms -- sh -c "$daemons" >out 2>err 3>&- &
	local pid=$!
	wait_until grep -q ready out
	wait_until test -s daemon
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 143 ]
	has_state "$(only_job)" cancelled
	gone daemon
}

@test "runjob run: --json prints the result" {
	run -4 runjob run --json -n 'a name' -- sh -c 'echo hidden; exit 4'
	[ "$(jq -c '[.name, .state, .exit_code, .signal]' <<<"$output")" = '["a name","failed",4,null]' ]
	[ "$(jq -r .node <<<"$output")" = "$(uname -n)" ]
	run -0 runjob tail "$(only_job)"
	[ "$output" = hidden ]
}

# bats test_tags=FX_14,F2_36
@test "runjob run: usage and node are recorded" {
	run -0 runjob run -- sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'
	run -0 runjob show "$(only_job)"
	[ "$(jq .cpu_ms <<<"$output")" -gt 0 ]
	[ "$(jq .memory_peak <<<"$output")" -gt 0 ]
	[ "$(jq -r .node <<<"$output")" = "$(uname -n)" ]
}

@test "runjob: wrong usage is 64 and one line" {
	local args
	for args in "" "frob" "run" "run --frob x" "run --timeout" "run --timeout soon true" \
		"run --cpu many true" "run --result file true" "list x" "list --state odd" "show" \
		"show nonsense" "tail -n x 0195a000-0000-7000-8000-000000000001" "stop --signal NOPE x" "wait" "recover x"; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr runjob $args
		[ "${#stderr_lines[@]}" -eq 1 ]
		[ -z "$output" ]
	done
}

@test "runjob: a job that is not there is 1" {
	run -1 --separate-stderr runjob show 0195a000-0000-7000-8000-000000000001
	[ "$stderr" = "runjob: no job '0195a000-0000-7000-8000-000000000001'" ]
}

@test "runjob: help and version" {
	run -0 runjob --help
	[ "${lines[0]}" = "usage: runjob run [OPTIONS] [--] COMMAND [ARGUMENT...]" ]
	run -0 runjob run --help
	run -0 runjob --version
	[[ $output == "runjob "* ]]
}

# bats test_tags=F2_81
@test "runjob run: a job reads the secrets of those it runs for, and no others" {
	make_key
	printf 1 | tokenmint vault put pipeline/site/key
	run -0 runjob run --for pipeline/site --secret K=pipeline/site/key -- sh -c 'test "$K" = 1'
	run -1 --separate-stderr runjob run --for pipeline/other --secret K=pipeline/site/key -- true
	[[ $stderr == *"pipeline/other may not get secret 'pipeline/site/key'"* ]]
	run -64 --separate-stderr runjob run --for everybody -- true
	run -0 runjob start - <<<'{"for":["pipeline/other","namespace/a"],"exec":["true"]}'
	run -0 runjob show --json "$(jq -r .id <<<"$output")"
	[ "$(jq -c .spec.for <<<"$output")" = '["pipeline/other","namespace/a"]' ]
}

# bats test_tags=F2_75
@test "runjob: a pipeline's tasks read its secrets and no other pipeline's" {
	make_key
	printf 1 | tokenmint vault put pipeline/site/key
	run -0 runjob start - <<<'{"pipeline":"site","tasks":[{"id":"a","exec":["true"],"secrets":{"K":"pipeline/site/key"}}]}'
	run -0 runjob wait "$(jq -r .id <<<"$output")"
	run -0 runjob start - <<<'{"pipeline":"other","tasks":[{"id":"a","for":["pipeline/site"],"exec":["true"],"secrets":{"K":"pipeline/site/key"}}]}'
	run -1 runjob wait "$(jq -r .id <<<"$output")"
}
